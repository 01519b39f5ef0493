"""causes, fixes, and what people say about repeat groups"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _causes()
    op.create_table('fixes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('cause_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('is_quick', sa.Boolean(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['cause_id'], ['causes.id'], name=op.f('fk_fixes_cause_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_fixes_entry_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_fixes_launch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_fixes_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fixes'))
    )
    op.create_index(op.f('ix_fixes_cause_id'), 'fixes', ['cause_id'])
    op.create_index(op.f('ix_fixes_launch_id'), 'fixes', ['launch_id'])
    op.create_table('proposal_dismissals',
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('one', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('other', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_proposal_dismissals_launch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_proposal_dismissals_person_id')),
    sa.PrimaryKeyConstraint('about', 'one', 'other', name=op.f('pk_proposal_dismissals'))
    )
    op.create_index('ix_proposal_dismissals_launch_id_about', 'proposal_dismissals', ['launch_id', 'about'])
    _sorting()


def _causes() -> None:
    op.create_table('causes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('scenario_id', sa.Integer(), nullable=True),
    sa.Column('detected_at', UtcDateTime(), nullable=False),
    sa.Column('detected_by_id', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(), nullable=True),
    sa.Column('decision_words', sa.String(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('fixing_at', UtcDateTime(), nullable=True),
    sa.Column('fixing_by_id', sa.Integer(), nullable=True),
    sa.Column('fixed_at', UtcDateTime(), nullable=True),
    sa.Column('fixed_by_id', sa.Integer(), nullable=True),
    sa.Column('learners', sa.String(), nullable=False),
    sa.Column('lesson', sa.String(), nullable=False),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_causes_decided_by_id')),
    sa.ForeignKeyConstraint(['detected_by_id'], ['people.id'], name=op.f('fk_causes_detected_by_id')),
    sa.ForeignKeyConstraint(['fixed_by_id'], ['people.id'], name=op.f('fk_causes_fixed_by_id')),
    sa.ForeignKeyConstraint(['fixing_by_id'], ['people.id'], name=op.f('fk_causes_fixing_by_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_causes_launch_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_causes_owner_id')),
    sa.ForeignKeyConstraint(['scenario_id'], ['scenarios.id'], name=op.f('fk_causes_scenario_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_causes'))
    )
    op.create_index('ix_causes_launch_id_detected_at', 'causes', ['launch_id', 'detected_at'])
    op.create_index(op.f('ix_causes_owner_id'), 'causes', ['owner_id'])
    op.create_index(op.f('ix_causes_scenario_id'), 'causes', ['scenario_id'])


def _sorting() -> None:
    for name, type_ in (
        ('revision', "INTEGER DEFAULT '0' NOT NULL"),
        ('ignores_codes', 'BOOLEAN DEFAULT false NOT NULL'),
        ('dismissed_by_id', _referring('repeat_groups', 'dismissed_by_id', 'people')),
        ('dismissed_at', _time()),
        ('dismissed_size', 'INTEGER'),
        ('merged_into_id', _referring('repeat_groups', 'merged_into_id', 'repeat_groups')),
        ('merged_by_id', _referring('repeat_groups', 'merged_by_id', 'people')),
        ('merged_at', _time()),
        ('merged_questions', "JSON DEFAULT '[]' NOT NULL"),
        ('cause_id', _referring('repeat_groups', 'cause_id', 'causes')),
    ):
        _add('repeat_groups', name, type_)
    for table in ('tickets', 'events'):
        _add(table, 'cause_id', _referring(table, 'cause_id', 'causes'))
        op.create_index(op.f(f'ix_{table}_cause_id'), table, ['cause_id'])
    op.create_index(op.f('ix_repeat_groups_cause_id'), 'repeat_groups', ['cause_id'])
    op.create_index(op.f('ix_repeat_groups_merged_into_id'), 'repeat_groups', ['merged_into_id'])
    op.create_index(op.f('ix_tickets_question_id'), 'tickets', ['question_id'])


def _add(table: str, name: str, type_: str) -> None:
    # In plain SQL, which both databases know: Alembic would copy a whole table in SQLite for a
    # column with a reference, and events are many.
    op.execute(f'ALTER TABLE {table} ADD COLUMN {name} {type_}')


def _referring(table: str, name: str, to: str) -> str:
    return f'INTEGER CONSTRAINT fk_{table}_{name} REFERENCES {to} (id)'


def _time() -> str:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    return 'DATETIME' if is_sqlite else 'TIMESTAMP WITH TIME ZONE'

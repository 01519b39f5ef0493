"""who approves, who had a hand in it, who is asked when it ends"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('entry_approvals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_version_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('because', sa.String(), nullable=False),
    sa.Column('breaks', sa.Integer(), nullable=False),
    sa.Column('void_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['entry_version_id'], ['entry_versions.id'], name=op.f('fk_entry_approvals_entry_version_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_entry_approvals_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_approvals'))
    )
    op.create_index('ix_entry_approvals_entry_version_id', 'entry_approvals', ['entry_version_id'])
    op.create_table('entry_writers',
    sa.Column('entry_version_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_version_id'], ['entry_versions.id'], name=op.f('fk_entry_writers_entry_version_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_entry_writers_person_id')),
    sa.PrimaryKeyConstraint('entry_version_id', 'person_id', name=op.f('pk_entry_writers'))
    )
    _reference('entries', 'owner_id', 'people')
    _reference('entry_versions', 'takes_in_id', 'entries')
    for column in ('undone_at', 'ending_told_at', 'ended_told_at'):
        op.add_column('entry_versions', sa.Column(column, UtcDateTime(), nullable=True))
    op.add_column('entry_versions', sa.Column('rejected_people', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('notices', sa.Column('href', sa.String(), nullable=False, server_default=''))
    # Who wrote a version had a hand in it.
    op.execute(
        'INSERT INTO entry_writers (entry_version_id, person_id) '
        'SELECT id, author_id FROM entry_versions WHERE author_id IS NOT NULL'
    )


def _reference(table: str, column: str, to: str) -> None:
    # Alembic copies the whole table for this on SQLite; both databases take it as it stands here.
    op.execute(
        f'ALTER TABLE {table} ADD COLUMN {column} INTEGER '
        f'CONSTRAINT fk_{table}_{column} REFERENCES {to} (id)'
    )
    op.create_index(f'ix_{table}_{column}', table, [column])

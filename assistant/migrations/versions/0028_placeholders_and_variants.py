"""placeholders with their values, variants in other languages, and forms that are not saved yet"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    for name in ('own_values', 'written'):
        op.add_column('entry_versions', sa.Column(name, sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('entries') as batch_op:
        batch_op.add_column(sa.Column('variant_of_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_entries_variant_of_id'), 'entries', ['variant_of_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_entries_variant_of_id'), ['variant_of_id'], unique=False)
    op.create_table('launch_values',
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('given_at', UtcDateTime(), nullable=False),
    sa.Column('given_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_launch_values_launch_id')),
    sa.ForeignKeyConstraint(['given_by_id'], ['people.id'], name=op.f('fk_launch_values_given_by_id')),
    sa.PrimaryKeyConstraint('launch_id', 'name', name=op.f('pk_launch_values'))
    )
    op.create_table('unsaved_entries',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('saved_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_unsaved_entries_launch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_unsaved_entries_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'launch_id', 'about', name=op.f('pk_unsaved_entries'))
    )
    op.create_index(op.f('ix_unsaved_entries_launch_id'), 'unsaved_entries', ['launch_id'], unique=False)

"""decisions that tickets wait for, and the words of a launch that no customer reads"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

OPEN = sa.text('decided_at IS NULL')


def upgrade() -> None:
    """Go forward."""
    op.create_table('rulings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('decider', sa.String(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('asked_of_id', sa.Integer(), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('ruled', sa.String(), nullable=True),
    sa.Column('sentence', sa.String(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_rulings_launch_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_rulings_ticket_id')),
    sa.ForeignKeyConstraint(['asked_of_id'], ['people.id'], name=op.f('fk_rulings_asked_of_id')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['people.id'], name=op.f('fk_rulings_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_rulings_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rulings'))
    )
    op.create_index(op.f('ix_rulings_ticket_id'), 'rulings', ['ticket_id'])
    op.create_index('ix_rulings_waiting', 'rulings', ['launch_id', 'decided_at'])
    op.create_index('uq_rulings_open', 'rulings', ['ticket_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    words = sa.Column('internal_words', sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column('launches', words)

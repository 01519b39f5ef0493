"""what the model drafted for agents"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('model_drafts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('draft', sa.JSON(), nullable=False),
    sa.Column('summary', sa.JSON(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_model_drafts_ticket_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_model_drafts_message_id')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['people.id'], name=op.f('fk_model_drafts_asked_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_model_drafts')),
    sa.UniqueConstraint('ticket_id', 'message_id', name=op.f('uq_model_drafts_ticket_id_message_id'))
    )

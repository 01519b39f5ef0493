"""broadcasts and recalled answers"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('recalls',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('version_ids', sa.JSON(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('tells_at', UtcDateTime(), nullable=False),
    sa.Column('told_at', UtcDateTime(), nullable=True),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.Column('reinstated_at', UtcDateTime(), nullable=True),
    sa.Column('reinstated_by_id', sa.Integer(), nullable=True),
    sa.Column('reinstated_because', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_recalls_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_recalls_entry_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_recalls_launch_id')),
    sa.ForeignKeyConstraint(['reinstated_by_id'], ['people.id'], name=op.f('fk_recalls_reinstated_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recalls'))
    )
    with op.batch_alter_table('recalls', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recalls_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recalls_launch_id'), ['launch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recalls_tells_at'), ['tells_at'], unique=False)

    op.create_table('broadcasts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('entry_version_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('left_out', sa.JSON(), nullable=False),
    sa.Column('resolves', sa.Boolean(), nullable=False),
    sa.Column('recall_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('read_by_id', sa.Integer(), nullable=True),
    sa.Column('read_at', UtcDateTime(), nullable=True),
    sa.Column('starts_at', UtcDateTime(), nullable=True),
    sa.Column('begun_at', UtcDateTime(), nullable=True),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.Column('stopped_at', UtcDateTime(), nullable=True),
    sa.Column('stopped_because', sa.String(), nullable=False),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_broadcasts_by_id')),
    sa.ForeignKeyConstraint(['entry_version_id'], ['entry_versions.id'], name=op.f('fk_broadcasts_entry_version_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_broadcasts_launch_id')),
    sa.ForeignKeyConstraint(['read_by_id'], ['people.id'], name=op.f('fk_broadcasts_read_by_id')),
    sa.ForeignKeyConstraint(['recall_id'], ['recalls.id'], name=op.f('fk_broadcasts_recall_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcasts'))
    )
    with op.batch_alter_table('broadcasts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_broadcasts_entry_version_id'), ['entry_version_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcasts_launch_id'), ['launch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcasts_recall_id'), ['recall_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcasts_starts_at'), ['starts_at'], unique=False)

    op.create_table('broadcast_recipients',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('broadcast_id', sa.Integer(), nullable=False),
    sa.Column('visitor', sa.String(), nullable=False),
    sa.Column('conversation_id', sa.String(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('newest_message_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(), nullable=True),
    sa.Column('sent_at', UtcDateTime(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('left_out_at', UtcDateTime(), nullable=True),
    sa.Column('why', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['broadcast_id'], ['broadcasts.id'], name=op.f('fk_broadcast_recipients_broadcast_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_broadcast_recipients_conversation_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_broadcast_recipients_message_id')),
    sa.ForeignKeyConstraint(['question_id'], ['messages.id'], name=op.f('fk_broadcast_recipients_question_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_broadcast_recipients_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcast_recipients')),
    sa.UniqueConstraint('broadcast_id', 'visitor', name=op.f('uq_broadcast_recipients_broadcast_id_visitor')),
    sa.UniqueConstraint('message_id', name=op.f('uq_broadcast_recipients_message_id')),
    sa.UniqueConstraint('once', name=op.f('uq_broadcast_recipients_once'))
    )
    with op.batch_alter_table('broadcast_recipients', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_broadcast_recipients_broadcast_id'), ['broadcast_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcast_recipients_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index('ix_broadcast_recipients_due', ['sent_at', 'left_out_at', 'broadcast_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcast_recipients_sent_at'), ['sent_at'], unique=False)

    op.create_table('told_wrong',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recall_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.String(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('told_at', UtcDateTime(), nullable=True),
    sa.Column('correction_id', sa.Integer(), nullable=True),
    sa.Column('corrected_at', UtcDateTime(), nullable=True),
    sa.Column('righted_at', UtcDateTime(), nullable=True),
    sa.Column('seen_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_told_wrong_conversation_id')),
    sa.ForeignKeyConstraint(['correction_id'], ['messages.id'], name=op.f('fk_told_wrong_correction_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_told_wrong_message_id')),
    sa.ForeignKeyConstraint(['recall_id'], ['recalls.id'], name=op.f('fk_told_wrong_recall_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_told_wrong_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_told_wrong')),
    sa.UniqueConstraint('recall_id', 'message_id', name=op.f('uq_told_wrong_recall_id_message_id'))
    )
    with op.batch_alter_table('told_wrong', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_told_wrong_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_told_wrong_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_told_wrong_recall_id'), ['recall_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_told_wrong_ticket_id'), ['ticket_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_told_wrong_told_at'), ['told_at'], unique=False)

    with op.batch_alter_table('entry_versions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('recalled_at', UtcDateTime(), nullable=True))


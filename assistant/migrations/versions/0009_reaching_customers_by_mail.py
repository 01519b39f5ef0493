"""where customers are reached by mail, what goes out there and what comes in"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('customer_addresses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('mailbox', sa.String(), nullable=False),
    sa.Column('added_at', UtcDateTime(), nullable=False),
    sa.Column('asked_at', UtcDateTime(), nullable=True),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('bounced_at', UtcDateTime(), nullable=True),
    sa.Column('bounced_because', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_addresses')),
    sa.UniqueConstraint('email', name=op.f('uq_customer_addresses_email'))
    )
    with op.batch_alter_table('customer_addresses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_addresses_mailbox'), ['mailbox'], unique=False)

    op.create_table('mailboxes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('uid_validity', sa.BigInteger(), nullable=False),
    sa.Column('last_uid', sa.BigInteger(), nullable=False),
    sa.Column('read_at', UtcDateTime(), nullable=True),
    sa.Column('failing_since', UtcDateTime(), nullable=True),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailboxes')),
    sa.UniqueConstraint('name', name=op.f('uq_mailboxes_name'))
    )
    op.create_table('subscribers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('address_id', sa.Integer(), nullable=False),
    sa.Column('wanted_at', UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['customer_addresses.id'], name=op.f('fk_subscribers_address_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_subscribers_launch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscribers')),
    sa.UniqueConstraint('launch_id', 'address_id', name=op.f('uq_subscribers_launch_id_address_id'))
    )
    with op.batch_alter_table('subscribers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_subscribers_address_id'), ['address_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_subscribers_launch_id'), ['launch_id'], unique=False)

    op.create_table('correspondents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.String(), nullable=False),
    sa.Column('address_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('since', UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('confirmed_by', sa.String(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('seen_id', sa.Integer(), nullable=False),
    sa.Column('mailed_id', sa.Integer(), nullable=False),
    sa.Column('muted_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['customer_addresses.id'], name=op.f('fk_correspondents_address_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_correspondents_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correspondents')),
    sa.UniqueConstraint('conversation_id', 'address_id', name=op.f('uq_correspondents_conversation_id_address_id'))
    )
    with op.batch_alter_table('correspondents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correspondents_address_id'), ['address_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_correspondents_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('letters',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('correspondent_id', sa.Integer(), nullable=True),
    sa.Column('subscriber_id', sa.Integer(), nullable=True),
    sa.Column('update_id', sa.Integer(), nullable=True),
    sa.Column('messages', sa.JSON(), nullable=False),
    sa.Column('is_automatic', sa.Boolean(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('sent_at', UtcDateTime(), nullable=True),
    sa.Column('withheld_at', UtcDateTime(), nullable=True),
    sa.Column('withheld_because', sa.String(), nullable=False),
    sa.Column('bounced_at', UtcDateTime(), nullable=True),
    sa.Column('bounced_because', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['correspondent_id'], ['correspondents.id'], name=op.f('fk_letters_correspondent_id')),
    sa.ForeignKeyConstraint(['subscriber_id'], ['subscribers.id'], name=op.f('fk_letters_subscriber_id')),
    sa.ForeignKeyConstraint(['update_id'], ['updates.id'], name=op.f('fk_letters_update_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters')),
    sa.UniqueConstraint('message_id', name=op.f('uq_letters_message_id')),
    sa.UniqueConstraint('subscriber_id', 'update_id', name=op.f('uq_letters_subscriber_id_update_id'))
    )
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.create_index('ix_letters_about_made_at', ['about', 'made_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_letters_correspondent_id'), ['correspondent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_letters_sent_at'), ['sent_at'], unique=False)

    op.create_table('mail_links',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_sha256', sa.String(), nullable=False),
    sa.Column('opens', sa.String(), nullable=False),
    sa.Column('correspondent_id', sa.Integer(), nullable=True),
    sa.Column('subscriber_id', sa.Integer(), nullable=True),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['correspondent_id'], ['correspondents.id'], name=op.f('fk_mail_links_correspondent_id')),
    sa.ForeignKeyConstraint(['subscriber_id'], ['subscribers.id'], name=op.f('fk_mail_links_subscriber_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_links')),
    sa.UniqueConstraint('token_sha256', name=op.f('uq_mail_links_token_sha256'))
    )
    with op.batch_alter_table('mail_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_links_ends_at'), ['ends_at'], unique=False)

    op.create_table('mails',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('came_by', sa.String(), nullable=False),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sender', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('settled_at', UtcDateTime(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('because', sa.String(), nullable=False),
    sa.Column('is_verified', sa.Boolean(), nullable=False),
    sa.Column('conversation_id', sa.String(), nullable=True),
    sa.Column('said_id', sa.Integer(), nullable=True),
    sa.Column('quarantined_at', UtcDateTime(), nullable=True),
    sa.Column('looked_at_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_mails_conversation_id')),
    sa.ForeignKeyConstraint(['looked_at_by_id'], ['people.id'], name=op.f('fk_mails_looked_at_by_id')),
    sa.ForeignKeyConstraint(['said_id'], ['messages.id'], name=op.f('fk_mails_said_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
    sa.UniqueConstraint('key', name=op.f('uq_mails_key'))
    )
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mails_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mails_quarantined_at'), ['quarantined_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_mails_received_at'), ['received_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_mails_said_id'), ['said_id'], unique=False)
        batch_op.create_index('ix_mails_waiting', ['settled_at', 'quarantined_at', 'id'], unique=False)


"""surveys, what was done about feedback, and what people say about its kind"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('feedback') as batch:
        batch.add_column(sa.Column('categorised_at', UtcDateTime(), nullable=True))
        batch.add_column(sa.Column('categorised_by_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('cause_id', sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f('fk_feedback_categorised_by_id'), 'people', ['categorised_by_id'], ['id'])
        batch.create_foreign_key(batch.f('fk_feedback_cause_id'), 'causes', ['cause_id'], ['id'])
        batch.create_index(batch.f('ix_feedback_cause_id'), ['cause_id'])
    op.create_table('surveys',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('customer', sa.String(), nullable=False),
    sa.Column('moment', sa.String(), nullable=False),
    sa.Column('token_sha256', sa.String(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('answered_at', UtcDateTime(), nullable=True),
    sa.Column('feedback_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['feedback_id'], ['feedback.id'], name=op.f('fk_surveys_feedback_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_surveys_launch_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_surveys_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_surveys')),
    sa.UniqueConstraint('launch_id', 'customer', 'moment', name=op.f('uq_surveys_launch_id_customer_moment')),
    sa.UniqueConstraint('token_sha256', name=op.f('uq_surveys_token_sha256'))
    )
    with op.batch_alter_table('surveys') as batch:
        batch.create_index(batch.f('ix_surveys_feedback_id'), ['feedback_id'])
    op.create_table('said_and_did',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('did', sa.String(), nullable=False),
    sa.Column('told_to', sa.String(), nullable=False),
    sa.Column('cause_id', sa.Integer(), nullable=True),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['cause_id'], ['causes.id'], name=op.f('fk_said_and_did_cause_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_said_and_did_launch_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_said_and_did_made_by_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['people.id'], name=op.f('fk_said_and_did_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_said_and_did'))
    )
    with op.batch_alter_table('said_and_did') as batch:
        batch.create_index(batch.f('ix_said_and_did_cause_id'), ['cause_id'])
        batch.create_index(batch.f('ix_said_and_did_launch_id'), ['launch_id'])

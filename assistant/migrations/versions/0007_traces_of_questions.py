"""traces of questions, and which repeat groups a person handled"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('question_traces',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('trace', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_question_traces_message_id')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_question_traces'))
    )
    with op.batch_alter_table('repeat_groups', schema=None) as batch_op:
        batch_op.add_column(sa.Column('handled_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('handled_at', UtcDateTime(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_repeat_groups_handled_by_id'), 'people', ['handled_by_id'], ['id'])


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('repeat_groups', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_repeat_groups_handled_by_id'), type_='foreignkey')
        batch_op.drop_column('handled_at')
        batch_op.drop_column('handled_by_id')
    op.drop_table('question_traces')

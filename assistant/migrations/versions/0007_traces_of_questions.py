"""traces of questions, and which repeat groups a person handled"""

import numpy as np
import sqlalchemy as sa
from alembic import op

from assistant.desk.repeats import traced_by
from assistant.ground.database import UtcDateTime
from knowledge.traces import trace

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
    _traced()


def _traced() -> None:
    """Let the groups that are there be compared with new questions: by meaning and by letters.

    Their members' vectors were never kept: a group's mean direction stands for what they mean, the
    question that it is shown by for how they are spelt.
    """
    groups = sa.table(
        "repeat_groups",
        *map(sa.column, ("id", "question", "embedder", "total", "size")),
    )
    bind = op.get_bind()
    for group in bind.execute(sa.select(groups)).all():
        if (total := _total(group.question, group.total, group.size)) is not None:
            changed = {"embedder": traced_by(group.embedder), "total": total}
            bind.execute(groups.update().where(groups.c.id == group.id).values(changed))


def _total(question: str, former: bytes, size: int) -> bytes | None:
    """Return the sum of as many traces as the group has members; None when it has no direction."""
    meaning = np.frombuffer(former, dtype=np.float32)
    length = float(np.linalg.norm(meaning))
    if not length:
        return None
    return np.asarray(trace(question, meaning / length) * size, dtype=np.float32).tobytes()

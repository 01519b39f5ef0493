"""indexes by which the clocks that run are found among all that were kept"""

from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.drop_index('ix_promises_due_at', 'promises')
    op.drop_index('ix_promises_warn_at', 'promises')
    op.create_index('ix_promises_running', 'promises', ['kept_at', 'broken_at', 'due_at'])
    op.create_index('ix_promises_unwarned', 'promises', ['kept_at', 'warned_at', 'warn_at'])

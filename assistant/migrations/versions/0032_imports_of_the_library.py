"""files brought into the library from its page"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('library_imports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('file', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('taken_back_at', UtcDateTime(), nullable=True),
    sa.Column('taken_back_by_id', sa.Integer(), nullable=True),
    sa.Column('did', sa.JSON(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_library_imports_launch_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_library_imports_by_id')),
    sa.ForeignKeyConstraint(['taken_back_by_id'], ['people.id'], name=op.f('fk_library_imports_taken_back_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_imports'))
    )
    op.create_index('ix_library_imports_launch_id', 'library_imports', ['launch_id'])

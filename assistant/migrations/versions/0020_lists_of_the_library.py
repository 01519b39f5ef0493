"""what versions are searched and listed by"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

LISTED_BY = ['entry_id', 'number', 'approved_at', 'superseded_at', 'recalled_at', 'rejected_at',
             'submitted_at', 'valid_from', 'valid_until', 'saved_at', 'author_id', 'verdict',
             'audience', 'locale', 'id']


def upgrade() -> None:
    """Go forward."""
    op.add_column('entry_versions', sa.Column('sought', sa.String(), nullable=False, server_default=''))
    _fill_in()
    op.create_index('ix_entry_versions_listing', 'entry_versions', LISTED_BY)


def _fill_in() -> None:
    """Let versions that are there be found by their words as before."""
    versions = sa.table('entry_versions', *map(sa.column, ('id', 'text', 'question')),
                        sa.column('phrasings', sa.JSON()), sa.column('sought'))
    bind = op.get_bind()
    rows = bind.execute(sa.select(versions.c.id, versions.c.text, versions.c.question,
                                  versions.c.phrasings)).all()
    words = [{'version': row.id, 'words': '\n'.join((row.text, row.question, *row.phrasings)).casefold()}
             for row in rows]
    if words:
        one = versions.update().where(versions.c.id == sa.bindparam('version'))
        bind.execute(one.values(sought=sa.bindparam('words')), words)

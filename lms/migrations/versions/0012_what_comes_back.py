"""Letters that say what is missing, reminders of it, and waiting longer for papers that are overdue."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memorandum", sa.Column("wait_until", sa.Date(), nullable=True))
    op.add_column("paper_return", sa.Column("letter_key", sa.Text(), nullable=True))
    op.add_column("paper_return", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("paper_return", "reminded_at")
    op.drop_column("paper_return", "letter_key")
    op.drop_column("memorandum", "wait_until")

"""By which service a batch is posted, and for whom each of its envelopes was looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SERVICES = ("letter", "recorded", "registered", "letter_pack_light", "letter_pack_plus")


def upgrade() -> None:
    op.add_column("batch_item", sa.Column("made_for", sa.Text(), nullable=True))
    op.execute("UPDATE batch_item SET made_for = ''")
    with op.batch_alter_table("batch_item") as batch:
        batch.alter_column("made_for", existing_type=sa.Text(), nullable=False)
    op.add_column("batch", sa.Column("service", sa.String(40), nullable=True))
    op.execute("UPDATE batch SET service = 'letter' WHERE released_at IS NOT NULL")
    with op.batch_alter_table("batch") as batch:
        batch.create_check_constraint(
            op.f("ck_batch_service"), "service IN ({})".format(", ".join(f"'{service}'" for service in SERVICES))
        )
        batch.create_check_constraint(op.f("ck_batch_released_by_service"), "(released_at IS NULL) = (service IS NULL)")


def downgrade() -> None:
    with op.batch_alter_table("batch") as batch:
        batch.drop_constraint(op.f("ck_batch_released_by_service"), type_="check")
        batch.drop_constraint(op.f("ck_batch_service"), type_="check")
        batch.drop_column("service")
    with op.batch_alter_table("batch_item") as batch:
        batch.drop_column("made_for")

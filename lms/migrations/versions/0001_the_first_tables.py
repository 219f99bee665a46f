"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owed_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "lane",
            sa.Enum("quick", "slow", name="lane", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("owed_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gave_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("done_at IS NULL OR gave_up_at IS NULL", name=op.f("ck_owed_work_done_or_given_up")),
        sa.CheckConstraint("progress BETWEEN 0 AND 1000", name=op.f("ck_owed_work_progress_in_permille")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owed_work")),
        sa.UniqueConstraint("key", name=op.f("uq_owed_work_key")),
    )
    with op.batch_alter_table("owed_work", schema=None) as batch_op:
        batch_op.create_index(
            "ix_owed_work_open",
            ["lane", "run_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL AND gave_up_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND gave_up_at IS NULL"),
        )

    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("required", sa.JSON(), nullable=False),
        sa.Column(
            "confirmation",
            sa.Enum(
                "by_person", "on_submission", name="confirmation", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("require_watched", sa.JSON(), nullable=False),
        sa.Column("honorarium", sa.JSON(), nullable=False),
        sa.Column("claim_within_months", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_programme_ends_after_it_began")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("code", name=op.f("uq_series_code")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("name_hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("failures > 0", name=op.f("ck_sign_in_failures_counts_from_one")),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_sign_in_failures")),
    )
    op.create_table(
        "supporter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("name_kana", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("supporter", "secretariat", name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column(
            "wish",
            sa.Enum("accompany", "learn", name="wish", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("experience_declared", sa.Boolean(), nullable=False),
        sa.Column("experience_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("experience_confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(experience_confirmed_at IS NULL) = (experience_confirmed_by_id IS NULL)",
            name=op.f("ck_supporter_experience_has_its_judge"),
        ),
        sa.CheckConstraint("(postal_code IS NULL) = (address IS NULL)", name=op.f("ck_supporter_address_is_whole")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_supporter_email_is_lower_case")),
        sa.ForeignKeyConstraint(
            ["experience_confirmed_by_id"],
            ["supporter.id"],
            name=op.f("fk_supporter_experience_confirmed_by_id_supporter"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supporter")),
        sa.UniqueConstraint("email", name=op.f("uq_supporter_email")),
        sa.UniqueConstraint("network_id", name=op.f("uq_supporter_network_id")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["supporter.id"], name=op.f("fk_history_by_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_subject", ["subject_kind", "subject_id", "id"], unique=False)

    op.create_table(
        "lecture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("summaries", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_lecture_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lecture")),
        sa.UniqueConstraint("code", name=op.f("uq_lecture_code")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_lecture_series_id_number")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("owed_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_mail_supporter_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_table(
        "memorandum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "route",
            sa.Enum("course", "experienced", name="route", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "printed",
                "posted",
                "returned",
                "checked",
                "complete",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pack_key", sa.Text(), nullable=True),
        sa.Column("pack_sha256", sa.Text(), nullable=True),
        sa.Column("template_version", sa.Text(), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column(
            "signing",
            sa.Enum("sealed", "signed", name="signing", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('checked', 'complete')) = (checked_by_id IS NOT NULL)",
            name=op.f("ck_memorandum_checked_by_somebody"),
        ),
        sa.CheckConstraint(
            "(state IN ('complete')) = (completed_at IS NOT NULL)", name=op.f("ck_memorandum_complete_has_date")
        ),
        sa.CheckConstraint(
            "(state IN ('printed', 'posted', 'returned', 'checked', 'complete')) = (printed_at IS NOT NULL)",
            name=op.f("ck_memorandum_printed_has_date"),
        ),
        sa.CheckConstraint(
            "(state IN ('returned', 'checked', 'complete')) = (returned_on IS NOT NULL)",
            name=op.f("ck_memorandum_returned_has_date"),
        ),
        sa.CheckConstraint(
            "(state IN ('returned', 'checked', 'complete')) = (signing IS NOT NULL)",
            name=op.f("ck_memorandum_returned_is_signed"),
        ),
        sa.CheckConstraint("(pack_key IS NULL) = (pack_sha256 IS NULL)", name=op.f("ck_memorandum_pack_has_hash")),
        sa.CheckConstraint("printed_at IS NULL OR pack_key IS NOT NULL", name=op.f("ck_memorandum_printed_has_papers")),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["supporter.id"], name=op.f("fk_memorandum_checked_by_id_supporter")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_memorandum_programme_id_programme")),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_memorandum_supporter_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memorandum")),
        sa.UniqueConstraint("supporter_id", "year", name=op.f("uq_memorandum_supporter_id_year")),
    )
    op.create_table(
        "qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "route",
            sa.Enum("course", "experienced", name="route", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("rule_day", sa.Date(), nullable=False),
        sa.Column("rule_year", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("evidence_count", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(route = 'course') = (evidence_count > 0)", name=op.f("ck_qualification_course_has_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["supporter.id"], name=op.f("fk_qualification_decided_by_id_supporter")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_qualification_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.id"], name=op.f("fk_qualification_supporter_id_supporter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        sa.UniqueConstraint("supporter_id", name=op.f("uq_qualification_supporter_id")),
    )
    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("trainee", name="standingkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_standing_ends_after_it_began")),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_standing_supporter_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(
            "uq_standing_one_open",
            ["supporter_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "not_viewable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_not_viewable_lecture_id_lecture")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_not_viewable_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_viewable")),
        sa.UniqueConstraint(
            "programme_id", "lecture_id", "year", name=op.f("uq_not_viewable_programme_id_lecture_id_year")
        ),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memorandum_id", sa.Integer(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column(
            "service",
            sa.Enum(
                "letter",
                "recorded",
                "registered",
                "letter_pack_light",
                "letter_pack_plus",
                name="service",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["memorandum_id"], ["memorandum.id"], name=op.f("fk_posting_memorandum_id_memorandum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_table(
        "recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preparing",
                "published",
                "replaced",
                "failed",
                name="recordingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("has_audio", sa.Boolean(), nullable=False),
        sa.Column("package", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_recording_failed_says_why")),
        sa.CheckConstraint(
            "(state IN ('published', 'replaced')) = (published_at IS NOT NULL)",
            name=op.f("ck_recording_published_has_date"),
        ),
        sa.CheckConstraint("duration_ms > 0", name=op.f("ck_recording_has_a_length")),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_recording_lecture_id_lecture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("key", name=op.f("uq_recording_key")),
        sa.UniqueConstraint("lecture_id", "number", name=op.f("uq_recording_lecture_id_number")),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.create_index(
            "uq_recording_one_published",
            ["lecture_id"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "survey_exemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_survey_exemption_ends_after_it_began")),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_survey_exemption_lecture_id_lecture")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_survey_exemption_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_exemption")),
        sa.UniqueConstraint(
            "programme_id", "lecture_id", "first", name=op.f("uq_survey_exemption_programme_id_lecture_id_first")
        ),
    )
    op.create_table(
        "survey_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_survey_version_lecture_id_lecture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_version")),
        sa.UniqueConstraint("lecture_id", "number", name=op.f("uq_survey_version_lecture_id_number")),
    )
    op.create_table(
        "caption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("webvtt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_caption_recording_id_recording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caption")),
        sa.UniqueConstraint("recording_id", "language", name=op.f("uq_caption_recording_id_language")),
    )
    op.create_table(
        "response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        sa.Column("survey_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "accepted",
                name="responsestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_at IS NOT NULL)", name=op.f("ck_response_accepted_has_date")
        ),
        sa.CheckConstraint("state <> 'draft' OR submitted_at IS NULL", name=op.f("ck_response_draft_has_no_date")),
        sa.CheckConstraint("state <> 'returned' OR comment IS NOT NULL", name=op.f("ck_response_returned_says_why")),
        sa.CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name=op.f("ck_response_sent_has_date")),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["supporter.id"], name=op.f("fk_response_accepted_by_id_supporter")
        ),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_response_lecture_id_lecture")),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_response_supporter_id_supporter")),
        sa.ForeignKeyConstraint(
            ["survey_version_id"], ["survey_version.id"], name=op.f("fk_response_survey_version_id_survey_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("supporter_id", "lecture_id", name=op.f("uq_response_supporter_id_lecture_id")),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lecture_id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_upload_is_not_empty")),
        sa.ForeignKeyConstraint(["lecture_id"], ["lecture.id"], name=op.f("fk_upload_lecture_id_lecture")),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_upload_recording_id_recording")),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_upload_supporter_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
    )
    op.create_table(
        "viewing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supporter_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("intervals", sa.JSON(), nullable=False),
        sa.Column("covered_ms", sa.Integer(), nullable=False),
        sa.Column("position_ms", sa.Integer(), nullable=False),
        sa.Column("play_session", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("covered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("covered_ms >= 0 AND position_ms >= 0", name=op.f("ck_viewing_counts_from_zero")),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_viewing_recording_id_recording")),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.id"], name=op.f("fk_viewing_supporter_id_supporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewing")),
        sa.UniqueConstraint("supporter_id", "recording_id", name=op.f("uq_viewing_supporter_id_recording_id")),
    )


def downgrade() -> None:
    op.drop_table("viewing")
    op.drop_table("upload")
    op.drop_table("response")
    op.drop_table("caption")
    op.drop_table("survey_version")
    op.drop_table("survey_exemption")
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_recording_one_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.drop_table("recording")
    op.drop_table("posting")
    op.drop_table("not_viewable")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_standing_one_open", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )

    op.drop_table("standing")
    op.drop_table("qualification")
    op.drop_table("memorandum")
    op.drop_table("mail")
    op.drop_table("lecture")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_subject")

    op.drop_table("history")
    op.drop_table("supporter")
    op.drop_table("sign_in_failures")
    op.drop_table("series")
    op.drop_table("programme")
    with op.batch_alter_table("owed_work", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_owed_work_open",
            sqlite_where=sa.text("done_at IS NULL AND gave_up_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND gave_up_at IS NULL"),
        )

    op.drop_table("owed_work")

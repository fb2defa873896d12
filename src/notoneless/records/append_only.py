"""Facts are added, never changed: the database itself refuses, whoever asks it.

Laid after every migration, because SQLite's way of altering a table makes a new one without triggers.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

# Each table with the columns that INSERT OR REPLACE could use to take another row's place.
FACTS: dict[str, tuple[str, ...]] = {
    "records_journalentry": ("seq",),
    "records_rollcall": ("id", "key"),
    "records_rollcallsettled": ("id", "other_id"),
    "records_attendancemark": ("id",),
    "records_leavegranted": ("id",),
    "records_actrecord": ("id", "key"),
    "records_placeact": ("id", "key"),
    "records_eventrecord": ("id",),
    "records_casechange": ("id",),
    "records_handover": ("id",),
    "records_handoverreceipt": ("id", "hand_over_id"),
    "records_handoversigned": ("id", "hand_over_id"),
    "records_breakglass": ("id",),
    "records_enrolmentchange": ("id", "key"),
    "records_changesteptaken": ("id",),
    "records_specialroute": ("id", "supersedes_id"),
    "records_samechild": ("child_id",),
    "records_explained": ("id", "key"),
    "records_explainedtaken": ("id", "explained_id"),
    "records_contestanswered": ("id", "contest_id"),
    "records_tipforwarded": ("id", "key"),
    "records_tipreply": ("id", "forwarded_id"),
    "records_tipanswered": ("id", "tip_id"),
    "records_visit": ("act_id",),
    "records_signaturegiven": ("id",),
    "records_visitparticipant": ("id",),
    "records_attachment": ("id",),
    "records_attachmentbytes": ("attachment_id",),
    "records_flagged": ("id",),
    "records_reasonstated": ("id",),
    "records_planmade": ("id", "key"),
    "records_planstep": ("id",),
    "records_planstepdone": ("id",),
    "records_handoff": ("id", "key"),
    "records_handoffanswered": ("id", "hand_off_id"),
    "records_placement": ("id",),
    "records_evidencepiece": ("id",),
    "records_closeoutasked": ("id", "key"),
    "records_closeoutreviewed": ("id", "asked_id"),
    "records_reliefasked": ("id", "key"),
    "records_reliefdecided": ("id", "asked_id"),
    "records_pairing": ("id", "key"),
    "records_pairingcontact": ("id",),
    "records_pairingended": ("id", "pairing_id"),
    "records_tuitionplan": ("id", "key"),
    "records_tuitiongiven": ("id", "key", "supersedes_id"),
    "records_tuitionreviewed": ("id",),
    "records_papertemplate": ("id",),
    "records_paperissued": ("id", "key", "replaces_id"),
    "records_paperserved": ("id", "paper_id"),
    "records_offlinereceived": ("id",),
    "records_offlinevariant": ("id",),
    "records_offlinechecked": ("id",),
    "records_stayretracted": ("id",),
    "records_ledgerline": ("id",),
    "records_ledgerlineclosed": ("id", "line_id"),
    "records_ledgertemplate": ("id",),
    "records_reportdrawn": ("id", "key", "replaces_id"),
    "records_reportrows": ("report_id",),
    "records_reportsteptaken": ("id", "key"),
    "records_countgiven": ("id", "supersedes_id"),
    "records_contradictionanswered": ("id", "key"),
    "records_outsidetable": ("id", "key"),
    "records_question": ("id", "key"),
    "records_questionanswered": ("id", "question_id"),
    "records_sampleannounced": ("id", "key"),
    "records_sampledrawn": ("id", "announced_id"),
    "records_samplevisited": ("id",),
    "records_inspection": ("id", "key"),
    "records_inspectionfinding": ("id",),
    "records_findingsteptaken": ("id", "key"),
    "records_measuretaken": ("id", "key"),
    "records_recognitionasked": ("id", "key"),
    "records_recognitiondecided": ("id", "asked_id"),
    "records_packtext": ("version",),
    "records_packadopted": ("id",),
}
# What every process keeps in memory; a change draws a new number that tells them to reload.
CONSTANTS = ("records_place", "records_classgroup", "records_packadopted", "records_closuredeclared")

REFUSAL = "facts are added, never changed: 事实只能补充更正，不能改动或删除"


def lay_triggers(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers on all tables that are there; those already in place stay as they are."""
    there = set(connection.introspection.table_names())
    statements = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for statement in statements(there):
            cursor.execute(statement)
        if "records_constantsversion" in there:
            cursor.execute(
                "INSERT INTO records_constantsversion (id, version) SELECT 1, 1 "
                "WHERE NOT EXISTS (SELECT 1 FROM records_constantsversion)"
            )


def _sqlite(there: set[str]) -> Iterator[str]:
    make, refuse = "CREATE TRIGGER IF NOT EXISTS", f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table, columns in FACTS.items():
        if table in there:
            for verb in ("UPDATE", "DELETE"):
                yield f"{make} {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}"
            # Our own connections set recursive_triggers, which makes REPLACE fire the DELETE trigger; another
            # program's connection need not, so the row that would be replaced is looked for here.
            same = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {c} = NEW.{c})" for c in columns)
            yield f"{make} {table}_no_replace BEFORE INSERT ON {table} WHEN {same} {refuse}"
    for table in CONSTANTS:
        if table in there:
            for verb in ("INSERT", "UPDATE", "DELETE"):
                yield (
                    f"{make} {table}_after_{verb.lower()} AFTER {verb} ON {table} "
                    "BEGIN UPDATE records_constantsversion SET version = random(); END"
                )


def _postgresql(there: set[str]) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION records_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION records_constants_moved() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN UPDATE records_constantsversion SET version = (random() * 9e15)::bigint; "
        "RETURN NULL; END $$"
    )
    for table in FACTS:
        if table in there:
            yield (
                f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION records_refuse()"
            )
            yield (
                f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION records_refuse()"
            )
    for table in CONSTANTS:
        if table in there:
            yield (
                f"CREATE OR REPLACE TRIGGER {table}_moved AFTER INSERT OR UPDATE OR DELETE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION records_constants_moved()"
            )

"""The tables of the SQLite store. A changed table needs a new `LAYOUT` and a migration; new ones go to `LATER`."""

APPLICATION_ID = 0x69767231
LAYOUT = 1


def append_only_name(table: str, verb: str) -> str:
    """Name the trigger that keeps a table append-only."""
    return f"{table}_refuses_{verb.lower()}"


APPEND_ONLY = {
    (table, verb): f"""CREATE TRIGGER {append_only_name(table, verb)} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
    for table in ("past", "journal", "releases")
    for verb in ("UPDATE", "DELETE")
}
"""Triggers that refuse to change past calls, journal and releases. Only pruning drops them, within one transaction."""

TABLES = (
    """CREATE TABLE live (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL UNIQUE, turn INTEGER NOT NULL,
       key TEXT NOT NULL, call BLOB NOT NULL, reply BLOB NOT NULL)""",
    """CREATE TABLE past (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL UNIQUE, turn INTEGER NOT NULL,
       key TEXT NOT NULL, call BLOB NOT NULL, reply BLOB NOT NULL)""",
    """CREATE TABLE journal (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, turn INTEGER NOT NULL, at REAL NOT NULL,
       kind TEXT NOT NULL, data TEXT NOT NULL)""",
    "CREATE INDEX journal_of_call ON journal (call_id)",
    "CREATE TABLE releases (version TEXT PRIMARY KEY, files TEXT NOT NULL)",
    "CREATE TABLE tally (one INTEGER PRIMARY KEY CHECK (one = 1), live INTEGER NOT NULL, pings INTEGER NOT NULL)",
    "INSERT INTO tally VALUES (1, 0, 0)",
    "CREATE TRIGGER live_begins AFTER INSERT ON live BEGIN UPDATE tally SET live = live + 1; END",
    "CREATE TRIGGER live_ends AFTER DELETE ON live BEGIN UPDATE tally SET live = live - 1; END",
    *APPEND_ONLY.values(),
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {LAYOUT}",
)
"""Counting a million live calls would read every row, so triggers keep the count in `tally`.

Why live calls are not `WITHOUT ROWID`: rows of 2 KB inside the key's tree leave four keys per page. Measured, a turn
took 48 us at a thousand live calls and 106 us at a hundred thousand; with a separate index for the key 29 and 37 us.
"""

LATER = (
    """CREATE TABLE IF NOT EXISTS documents (collection TEXT, key TEXT, body TEXT NOT NULL,
       PRIMARY KEY (collection, key)) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS board (name TEXT PRIMARY KEY, write INTEGER NOT NULL, body BLOB) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS board_writes ON board (write)",
    """CREATE TABLE IF NOT EXISTS replies (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, key TEXT NOT NULL,
       turn INTEGER NOT NULL, at REAL NOT NULL, reply BLOB NOT NULL, UNIQUE (call_id, key))""",
    "CREATE TABLE IF NOT EXISTS replies_of_past (id INTEGER PRIMARY KEY)",
    """CREATE TRIGGER IF NOT EXISTS replies_become_past AFTER DELETE ON live BEGIN
       INSERT INTO replies_of_past SELECT id FROM replies WHERE call_id = old.call_id; END""",
    """CREATE TRIGGER IF NOT EXISTS replies_go AFTER DELETE ON replies BEGIN
       DELETE FROM replies_of_past WHERE id = old.id; END""",
)
"""Tables added after the first version. Files that lack them get them when opened; older versions ignore them.

Why `replies_of_past`: replies that may be deleted are found without reading those of live calls. A trigger
fills it, so that calls that an older version of this software ends are in it, too.
"""

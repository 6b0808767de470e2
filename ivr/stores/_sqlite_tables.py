"""The tables of the SQLite store, as text. Changing one means a new `LAYOUT` and a way up; new ones go to `LATER`."""

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
"""What refuses to change the past. Only forgetting old calls lifts it, within one transaction."""

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
"""Counting a million live calls would read them all, so `tally` is kept by triggers.

Why live calls are not `WITHOUT ROWID`: rows of 2 KB inside the tree of the key leave four keys a page. Measured, a turn
cost 48 us at a thousand live calls and 106 at a hundred thousand; with the key in an index of its own 29 and 37.
"""

LATER = (
    """CREATE TABLE IF NOT EXISTS documents (collection TEXT, key TEXT, body TEXT NOT NULL,
       PRIMARY KEY (collection, key)) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS board (name TEXT PRIMARY KEY, write INTEGER NOT NULL, body BLOB) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS board_writes ON board (write)",
)
"""Tables that came after the first version. Files that lack them get them when opened; an older ivr ignores them."""

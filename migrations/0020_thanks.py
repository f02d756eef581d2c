"""What the giver wrote back to the recipient, once."""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql("ALTER TABLE gifts ADD COLUMN thanks text")

"""Run the revisions inside the transaction of the connection that was handed over.

And nowhere else.
"""

from alembic import context

from issuer.models import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    transactional_ddl=True,
)
context.run_migrations()

"""The schema's history: Alembic runs these on the connection `issuer.database` hands over."""

"""All queries of the issuer, by subject.

A Repository is bound to one transaction and never commits.
"""

from sqlalchemy import Connection

from issuer.repository.batches import Batches
from issuer.repository.credentials import Credentials
from issuer.repository.installations import Installations
from issuer.repository.jobs import Jobs
from issuer.repository.sendings import Sendings
from issuer.repository.statuses import Statuses

__all__ = ["Repository"]


class Repository:
    """The queries of every subject, all within the one transaction of `connection`."""

    def __init__(self, connection: Connection) -> None:
        """Bind every subject to the transaction."""
        self.installations = Installations(connection)
        self.jobs = Jobs(connection)
        self.credentials = Credentials(connection)
        self.batches = Batches(connection)
        self.statuses = Statuses(connection)
        self.sendings = Sendings(connection)

"""The agency's anchor account on the real chain.

Our two kinds of sending as calls of the registry contract.
"""

from collections.abc import Callable

from credential.ids import AgencyCode, Digest, Kid, Root
from issuer.errors import ForeignChainError
from registry.chain_protocol import AgencyOnChain, ChainAccount, RegistryChain
from registry.payload_codec import encode_agency_code


class RegistryAnchorAccount:
    """What `issuer.ports.AnchorAccount` promises.

    Over a registry contract and the key of one account.
    """

    def __init__(
        self, chain: RegistryChain, account: Callable[[], ChainAccount], agency: AgencyCode
    ) -> None:
        """Bind the three together; the account is opened when something is to be sent."""
        self._chain = chain
        self._account = account
        self._agency = agency

    def last_batch_no(self) -> int:
        """Return the number of the agency's newest anchored batch; 0 for none."""
        return self._standing().next_batch - 1

    def status_version(self, list_no: int) -> int:
        """Return the newest published version of a list; 0 for none."""
        return self._chain.status_version(self._agency, list_no)

    def anchor(self, batch_no: int, root: Root, size: int, kid: Kid) -> None:
        """The root is anchored under this number, now or since an earlier sending."""
        arguments = [encode_agency_code(self._agency), batch_no, root, size, kid]
        self._chain.send(
            "anchor", arguments, self._account(), is_done=lambda: self.last_batch_no() >= batch_no
        )

    def publish_status(self, list_no: int, version: int, digest: Digest) -> None:
        """This version of the list is published, now or since an earlier sending."""
        arguments = [encode_agency_code(self._agency), list_no, version, digest]
        self._chain.send(
            "publishStatus",
            arguments,
            self._account(),
            is_done=lambda: self.status_version(list_no) >= version,
        )

    def _standing(self) -> AgencyOnChain:
        standing = self._chain.agency(self._agency)
        if standing is None:
            raise ForeignChainError(
                f"the registry knows no agency {self._agency}. Nothing was sent. Use the registry "
                "this office was "
                "made for, or have the agency registered."
            )
        return standing

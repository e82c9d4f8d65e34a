"""The errors of the network package; each is told with what it means and what to do next.

SealrootError
└── NetworkError                    a network's folder, its processes or its nodes
    ├── EngineMissingError             the program of the validators has not been built
    └── NodeSilentError                a node does not answer, or refuses a question
"""

from credential.errors import SealrootError


class NetworkError(SealrootError):
    """A network's folder cannot be used, or its validators cannot be run as asked."""


class EngineMissingError(NetworkError):
    """The program that the validators run is not on this machine."""


class NodeSilentError(NetworkError):
    """A node does not answer, or refuses a question."""

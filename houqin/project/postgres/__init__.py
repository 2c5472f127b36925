"""The embedded PostgreSQL: the wheel's server binaries, run by our own few lines.

`Cluster` is one server with its data; `users` counts who needs it, so that the first one starts it and the
last one stops it. Nothing here imports Django.
"""

from houqin.project.postgres.cluster import Cluster
from houqin.project.postgres.problems import ClusterProblem
from houqin.project.postgres.users import in_use, place_of, use

__all__ = ["Cluster", "ClusterProblem", "in_use", "place_of", "use"]

"""The failures a call may answer with, for its description."""

from houqin.exchange.api.shapes import ProblemOut

PROBLEMS = dict.fromkeys((400, 401, 403, 404, 422), ProblemOut)
CONFLICTS = {**PROBLEMS, 409: ProblemOut, 429: ProblemOut}

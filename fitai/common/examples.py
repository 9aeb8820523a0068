"""Examples of the bodies of jobs, for the OpenAPI document; and the people and things that all examples are about."""

from typing import Any, Final

ADA: Final = "019ccd9e-a76d-76f2-8e94-87df73fc5433"
PHONE: Final = "019ccd9e-a964-7140-a0e2-6c8c1d85814f"
BENCH_PRESS: Final = "af1e8fad-b338-5ce3-b9cf-f2890a16734c"
TEMPLATE: Final = "019ccd9e-abf5-71b3-81bd-40f174f76e54"
WORKOUT: Final = "019ccd9e-ac5a-703e-9821-7675058ec45b"
JOB: Final = "019ccd9e-acd0-7045-a360-c998cb378b42"
CURSOR: Final = "zJAAE44-_NpOW2ZhbHNlLFsiYXJub2xkLXByZXNzIl1d"


def page(path: str, *results: Any) -> dict[str, Any]:
    """The first page of a list that goes on."""
    return {"results": list(results), "next": f"https://fitai.example/api/v1{path}?cursor={CURSOR}", "previous": None}


EXAMPLES: Final[dict[str, Any]] = {
    "Job": {
        "id": JOB,
        "kind": "plan.generate",
        "status": "processing",
        "stage": "solving",
        "progress": 0.4,
        "error": None,
        "result": None,
    },
}

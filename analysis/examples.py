"""Examples of filmed sets and of plans in the making, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import BENCH_PRESS, JOB, TEMPLATE, page

ANALYSIS: Final = "019ccda0-b0ce-72f5-bd86-c58d55a83ea8"
MEDIA: Final = "https://fitai.example/media/WyJmb3JtIl0:PqYDEgc0FrgSMrS0JeQ34ZrqDHaelJq3H6ZZtDcSWoc"

FORM: Final = {
    "job_id": ANALYSIS,
    "status": "succeeded",
    "stage": "judging",
    "progress": 1.0,
    "error": None,
    "result": {
        "count": 1,
        "strict_count": 0,
        "view": "side",
        "guess": None,
        "confidence": 0.755,
        "metrics": {"tempo": "0.8-0.2-0.8-0.3", "rom_deg": 52.4, "eccentric_s": 0.8, "symmetry_ratio": None},
        "repetitions": [
            {
                "start_s": 0.1,
                "extreme_s": 0.9,
                "end_s": 1.8,
                "counted": True,
                "strict_ok": False,
                "metrics": {"rom_deg": 52.4, "knee_angle_deg": 118.2},
            }
        ],
        "cues": [
            {
                "code": "depth",
                "message": "Go a little deeper: hips down to the height of your knees.",
                "severity": "major",
                "rep": 1,
                "time_s": 0.9,
                "evidence": {
                    "metric": "knee_angle_deg",
                    "value": 118.2,
                    "threshold": 110.0,
                    "source": "IPF technical rules: hip crease below the top of the knee",
                },
                "confidence": 0.8,
            }
        ],
        "not_judged": [
            {"code": "knees_in", "why": "It is judged from the front; this was filmed from the side."},
        ],
        "visibility": [],
        "people": [{"person": 0, "box": [27.7, 5.5, 40.1, 46.0], "time_s": 0.0, "subject": True}],
        "model": {"name": "yolo26n-pose", "digest": "9e107d9d372bb6826bd81d3542a419d6" * 2},
        "core_version": 1,
        "rubric_version": 1,
        "media": {"video": f"{MEDIA}/overlay.mp4", "chart": f"{MEDIA}/chart.svg", "frames": []},
    },
    "exercise_id": BENCH_PRESS,
    "set_id": None,
    "created_at": "2026-03-02T18:05:00.554615Z",
}

EXAMPLES: Final[dict[str, Any]] = {
    "FormAcceptedOutput": {"job_id": ANALYSIS, "status": "queued"},
    "FormAnalysisOutput": FORM,
    "FormAnalysisPage": page("/form-analyses", FORM),
    "PlanInput": {
        "goal": "strength",
        "level": "beginner",
        "days_per_week": 2,
        "minutes": 45,
        "weeks": 8,
        "equipment": ["barbell", "bench", "rack"],
        "injuries": [],
        "preferences": {"like": [BENCH_PRESS], "avoid": ["neck"], "split": "full_body"},
    },
    "AcceptedPlanOutput": {"job_id": JOB, "status": "queued"},
    "PlanJobOutput": {
        "job_id": JOB,
        "status": "succeeded",
        "stage": "judging",
        "progress": 1.0,
        "error": None,
        "template_id": TEMPLATE,
        "source": "solver",
        "explanation": [
            {
                "code": "exercise",
                "text": "Barbell Bench Press: the day is built around it; for chest, and it can grow harder for a long"
                " time.",
                "figures": {"sets": 3, "exercise_id": BENCH_PRESS},
                "pointer": "/0/days/1/exercises/0",
            }
        ],
        "trade_offs": [],
        "conflicts": [],
    },
}

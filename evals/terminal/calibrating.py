"""`pincite eval calibrate`: a judge against people."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.settings import load_settings
from evals.judges.calibrate import calibrate, calibrations_folder, keep, read_labels
from evals.judges.judge import check_model, make_asker
from evals.judges.known import weakness, worth
from evals.judges.prompt import load_judge


def run_calibrate(judge: str, labels: Path, judge_model: str, out: Path | None) -> int:
    """Ask, count, keep, print. Exit code 1 when the judge is not to be relied on."""
    prompt = load_judge(judge)
    given = read_labels(labels)
    settings = load_settings()
    model = check_model(judge_model or settings.judge_model)
    sha256 = hashlib.sha256(labels.read_bytes()).hexdigest()
    found = calibrate(prompt, model, make_asker(prompt, model), given, sha256)
    file = keep(found, out or calibrations_folder(settings.eval_runs))
    print(f"{prompt.name} version {prompt.version}, {model} (judge {found.judge}), {found.labels} labels")
    print(worth(found))
    if found.not_judged:
        print(f"{found.not_judged} labels could not be judged, and count for neither")
    if found.disagreements:
        print(f"disagrees with people on: {', '.join(found.disagreements[:20])}")
    warning = weakness(found)
    print(warning or "good enough: both rates are at least 0.8")
    print(f"written: {file}")
    return int(not found.agreement.good_enough)

"""`pincite eval online`: judges asked about the kept answers of a data folder."""

from __future__ import annotations

from collections.abc import Sequence

from app.corpus import open_corpus
from app.online.baseline import read_baseline
from app.online.open import online_store, tenant_folder
from app.online.report import make_report
from app.settings import load_settings
from evals.judges.calibrate import calibrations_folder, known_calibrations
from evals.judges.judge import check_model, chosen
from evals.judges.known import weakness
from evals.online.judging import judge_kept


def run_online(judges: Sequence[str], judge_model: str, most: int) -> int:
    """Judge what is taken and not judged yet, and say what share of all answers passes."""
    settings = load_settings()
    model = check_model(judge_model or settings.judge_model)
    prompts = chosen(judges or ["all"])
    with open_corpus(settings) as corpus:
        for one in judge_kept(corpus, prompts, model, most):
            left = f"; {one.left} left{f': {one.refused}' if one.refused else ''}" if one.left else ""
            print(f"{one.judge}: {one.judged} judged, {one.unclear} without a yes or no{left}")
        report = make_report(
            online_store(corpus), read_baseline(tenant_folder(corpus)), settings.observability.online
        )
    known = known_calibrations(calibrations_folder(settings.eval_runs))
    for name, share in report.judges.items():
        judge, _, pin = name.partition(" ")
        calibration = known.get(pin)
        doubt = (
            weakness(calibration) if calibration else "Not calibrated: nobody knows how often it is right."
        )
        print(
            f"{judge}: {share.share:.3f} ({share.low:.3f} to {share.high:.3f}) of {share.population} answers "
            f"pass, by {share.judged} judged of {share.taken} taken. {doubt}".rstrip()
        )
    return 0

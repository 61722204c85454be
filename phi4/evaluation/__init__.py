"""The evaluation stage: did the tuning help? Base and adapters answer the same exam.

exam (what is asked) → conditions (how it is put) → candidates (who answers) → scores, refusal, judge → marks
→ statistics (how sure) → report, table, page, history (how it is told)
"""

from phi4.evaluation.choices import examine_choices
from phi4.evaluation.examine import examine
from phi4.evaluation.harness import run_harness
from phi4.evaluation.judge import Judge

__all__ = ["Judge", "examine", "examine_choices", "run_harness"]

"""Libraries that talk while they load: our own lines say what a person needs; errors still raise."""

from __future__ import annotations

import logging
import warnings


def quiet_libraries() -> None:
    """No progress bars and advice from transformers, peft and bitsandbytes in this process."""
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    from transformers.utils import logging as talk

    talk.set_verbosity_error()
    talk.disable_progress_bar()
    # peft 0.21 asks transformers 5.23 for a name that it is about to lose.
    warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)

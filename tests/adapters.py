"""LoRA adapters with random weights, written by peft: real files for whoever reads or serves them."""


def make_adapter(base, folder, rank=8, alpha=16, strength=0.05, **settings):
    """``folder`` with an adapter of ``base`` that changes its answers."""
    import warnings

    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from phi4.engines.quiet import quiet_libraries

    quiet_libraries()
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    settings = {"target_modules": "all-linear", **settings}
    with warnings.catch_warnings(
        action="ignore"
    ):  # peft's advice about tied embeddings: some of ours are bad on purpose
        model = get_peft_model(model, LoraConfig(r=rank, lora_alpha=alpha, task_type="CAUSAL_LM", **settings))
    for name, weight in model.named_parameters():
        if ".lora_B." in name:  # they start as zeros: an adapter that changes nothing
            torch.nn.init.normal_(weight, std=strength)
    with warnings.catch_warnings(action="ignore"):
        model.save_pretrained(folder)
    return folder

"""The PyTorch child in fp32, whatever a busy processor would choose: answers can be compared exactly."""

import torch

import phi4.engines.torch_model
from phi4.engines.torch_stream import main

if __name__ == "__main__":
    phi4.engines.torch_model.compute_dtype = lambda device: torch.float32
    main()

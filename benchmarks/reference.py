"""The plain pipeline that a user would write from the libraries' own front pages; `bench` measures ours beside it.

Ultralytics' predict on torch, an eager ResNet on one crop at a time, Milvus Lite with its defaults. Nothing here is
made slow on purpose: evaluation mode, no gradients, all cores, models and collection loaded beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from pymilvus import MilvusClient
from torchvision import transforms
from torchvision.models import resnet50
from ultralytics.models import YOLO

from imgsearch.network import EmbedderNet

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class PlainPipeline:
    """Detect, embed and search as the tutorials do. Weights are random: they do not change the time.

    Args:
        folder: where the database may lie.
        vectors: the gallery, (N, 256) float32.
        detector_px, embedder_px: input sizes; the detector's is ours, the ResNet-50 has its usual 224.
        network: 'resnet50', or 'same' for our own architecture at our own size.
    """

    def __init__(
        self, folder: Path, vectors: NDArray[np.float32], detector_px: int, embedder_px: int, network: str
    ) -> None:
        self.detector: Any = YOLO("yolo26n.yaml", verbose=False)
        self.detector_px = detector_px
        if network == "resnet50":
            self.network: Any = resnet50()
            self.network.fc = torch.nn.Linear(2048, 256)
            size = [transforms.Resize(256), transforms.CenterCrop(224)]
        else:
            self.network = EmbedderNet()
            size = [transforms.Resize((embedder_px, embedder_px))]
        self.network.eval()
        self.transform = transforms.Compose([*size, transforms.ToTensor(), transforms.Normalize(MEAN, STD)])
        self.client = MilvusClient(str(folder / f"{network}.db"))
        self.client.create_collection("products", dimension=256)
        self.client.insert("products", [{"id": i, "vector": row, "no": i} for i, row in enumerate(vectors)])

    def decode(self, path: Path) -> Image.Image:
        return Image.open(path).convert("RGB")

    def detect(self, photo: Image.Image) -> Any:
        return self.detector.predict(photo, imgsz=self.detector_px, device="cpu", verbose=False)[0].boxes.xyxy

    @torch.no_grad()
    def embed(self, photo: Image.Image, box: Sequence[float]) -> NDArray[np.float32]:
        crop = photo.crop((int(box[0]), int(box[1]), int(box[2]), int(box[3])))
        vector = self.network(self.transform(crop).unsqueeze(0))[0]
        return np.asarray(torch.nn.functional.normalize(vector, dim=0).numpy(), dtype=np.float32)

    def search(self, vector: NDArray[np.float32], top_k: int) -> Any:
        return self.client.search("products", [vector], limit=top_k, output_fields=["no"])

    def photo_to_results(self, path: Path, box: Sequence[float], top_k: int) -> Any:
        photo = self.decode(path)
        self.detect(photo)  # its boxes come from random weights: the crop is the one that ours found
        return self.search(self.embed(photo, box), top_k)

    def close(self) -> None:
        self.client.close()

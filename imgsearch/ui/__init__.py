"""The page: a Gradio interface on a FastAPI server. Nothing is loaded before `imgsearch.ui.app` is imported."""

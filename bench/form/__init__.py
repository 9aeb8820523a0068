"""How good form analysis is, measured on footage and keypoints beside the project."""

"""A person made of spheres who trains in a drawn room: footage of our own, for tests, the demo and the README.

`python -m fitai.demo.athlete squat.mp4` makes the clip that lies here anew.
"""

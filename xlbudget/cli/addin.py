"""``xlbudget addin``: the Excel side of this machine."""

from __future__ import annotations

import argparse


def addin(options: argparse.Namespace) -> int:
    """Install, remove or diagnose; status 1 when ``doctor`` finds something missing."""
    from ..excel import doctor
    from ..excel.install import install, uninstall
    from ..excel.machine import ThisMachine

    machine = ThisMachine()
    if options.action == "doctor":
        points = doctor.examine(machine)
        for line in doctor.lines(points):
            print(line)
        return 1 if any(point.state == "missing" for point in points) else 0
    for line in (install if options.action == "install" else uninstall)(machine):
        print(line)
    return 0

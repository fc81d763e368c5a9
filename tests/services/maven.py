"""Java programs from Maven coordinates."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.services import packages, process

POM = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>nhip</groupId>
  <artifactId>services</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
{dependencies}
  </dependencies>
</project>
"""
DEPENDENCY = "    <dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"


def fetch(coordinates: Iterable[str], into: Path, log: Path) -> None:
    """Put the jars of `group:artifact:version` and all they need into `into/libs`; raises ServiceError."""
    packages.ensure("java", "default-jre-headless", log)
    packages.ensure("mvn", "maven", log)
    pom = into / "pom.xml"
    pom.write_text(POM.format(dependencies="\n".join(DEPENDENCY.format(*one.split(":")) for one in coordinates)))
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={into / 'libs'}"]
    process.run(["mvn", "-B", "-ntp", "-f", str(pom), *goal], log)


def java(libs: Path, main: str, *arguments: str, options: Iterable[str] = ()) -> list[str]:
    """The command that runs a class with every jar of a folder."""
    return [shutil.which("java") or "java", *options, "-cp", f"{libs}/*", main, *arguments]

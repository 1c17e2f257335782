#!/usr/bin/env python3
"""Prometheus watches a running clipseg: do the rules evaluate, do the alerts fire and clear, has the dashboard data?

An overload is made, and ended; then the replica is stopped, and started again. Time runs faster: every duration in the
rules is divided by --speed.
"""

import argparse
import json
import re
import signal
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from load import Load
from replica import Program, Replica, free_port, status, wait_until

DEPLOY = Path(__file__).resolve().parent.parent
SCENE = DEPLOY.parent / "Tests/Scenes/scene-2023.jpg"
RULES = ("recording.yaml", "alerts.yaml")
# A large mask keeps the only thread of the only worker busy for an eighth of a second, so that a queue of 60 takes longer
# than alerts allow.
LARGE = [("prompt", "a picture of the balloon"), ("as", "probability"), ("size", "4000x3000")]
OVERLOAD = {"ClipsegRefusing", "ClipsegQueueFull", "ClipsegSlow"}
ABSENCE = {"ClipsegAbsent", "ClipsegDown"}
# True of a run of this script, in time: it is served by the demo model.
EXPECTED = {"ClipsegDemoModel"}


class Prometheus(Program):
    def __init__(self, binary: str, folder: Path, target: int, speed: int):
        self.port = free_port()
        self.speed = speed
        for name in RULES:
            (folder / name).write_text(self._faster((DEPLOY / "prometheus" / name).read_text()))
        file = folder / "prometheus.json"
        file.write_text(
            json.dumps(
                {
                    "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                    "rule_files": list(RULES),
                    "scrape_configs": [
                        {"job_name": "clipseg", "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}
                    ],
                }
            )
        )
        options = [f"--config.file={file}", f"--storage.tsdb.path={folder}/data", "--log.level=warn"]
        super().__init__([binary, *options, f"--web.listen-address=127.0.0.1:{self.port}"], folder / "prometheus.log")

    def _faster(self, rules: str) -> str:
        def shorter(match: re.Match) -> str:
            seconds = int(match[2]) * {"s": 1, "m": 60, "h": 3600}[match[3]]
            return f"{match[1]}{max(1, seconds // self.speed)}s"

        return re.sub(r"(\[|for: )(\d+)([smh])\b", shorter, rules)

    def ask(self, path: str, **parameters: str) -> dict:
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?" + urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]

    def has_data(self, expression: str) -> bool:
        return bool(self.ask("query", query=expression)["result"])

    @property
    def firing(self) -> set[str]:
        alerts = self.ask("alerts")["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    @property
    def rules(self) -> list[dict]:
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]


def dashboard_queries() -> list[str]:
    """What the dashboard asks for, its variables filled in."""
    dashboard = json.loads((DEPLOY / "grafana/dashboards/clipseg.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    queries += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    variables = {"$job": "clipseg", "$instance": ".*", "$__rate_interval": "15s"}
    for name, value in variables.items():
        queries = [query.replace(name, value) for query in queries]
    return queries


def check_rules(prometheus: Prometheus) -> None:
    rules = prometheus.rules
    broken = [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"]
    assert not broken, f"rules that do not evaluate: {broken}"
    recorded = [rule["name"] for rule in rules if rule["type"] == "recording"]
    empty = [name for name in recorded if not prometheus.has_data(name)]
    assert recorded and not empty, f"recording rules without data: {empty}"
    print(f"{len(recorded)} recording rules have data, {len(rules) - len(recorded)} alerts evaluate")


def check_dashboard(prometheus: Prometheus) -> None:
    queries = dashboard_queries()
    empty = [query for query in queries if not prometheus.has_data(query)]
    assert queries and not empty, f"queries of the dashboard without data: {empty}"
    print(f"all {len(queries)} queries of the dashboard have data")


def expect_alerts(prometheus: Prometheus, expected: set[str], what: str) -> None:
    """Waits until these alerts fire, and no others."""
    begin = time.monotonic()
    wait_until(
        lambda: prometheus.firing - EXPECTED == expected, f"{what}: not {', '.join(expected) or 'none'}", seconds=180
    )
    print(f"{what}: {', '.join(sorted(expected)) or 'no alert'}, after {time.monotonic() - begin:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=".build/release/clipseg")
    parser.add_argument("--prometheus", default="prometheus", help="the program")
    parser.add_argument("--speed", type=int, default=20)
    arguments = parser.parse_args()
    one_at_a_time = ("--workers", "1", "--threads-per-worker", "1", "--max-queue", "60", "--access-log", "none")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            Replica(arguments.binary, folder / "clipseg.log", *one_at_a_time) as replica,
            Prometheus(arguments.prometheus, folder, replica.port, arguments.speed) as prometheus,
        ):
            wait_until(lambda: status(prometheus.port, "/-/ready") == 200, "the start of Prometheus")
            image = SCENE.read_bytes()
            with Load(replica.port, 1, image, LARGE):
                wait_until(lambda: prometheus.has_data("job:clipseg_segment_duration_seconds:p99_rate5m"), "a scrape")
                time.sleep(5)
                check_rules(prometheus)
                expect_alerts(prometheus, set(), "one client")
            with Load(replica.port, 100, image, LARGE, pause=0.5):
                expect_alerts(prometheus, OVERLOAD, "a hundred clients")
                check_dashboard(prometheus)
            with Load(replica.port, 1, image, LARGE):
                expect_alerts(prometheus, set(), "one client again")
            replica.end(signal.SIGTERM)
            expect_alerts(prometheus, ABSENCE, "no replica")
            replica.start()
            expect_alerts(prometheus, set(), "a replica again")


if __name__ == "__main__":
    sys.exit(main())

"""`ivr doctor` over deployments that are well and unwell. The voices really speak."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import _doctor, main
from ivr.cli._doctor import Check, Deployment, Finding, checks, examine
from ivr.demo.files import blank_folder
from ivr.session.published import published_release
from ivr.settings import VARIABLES, Settings
from ivr.settings.extras import not_installed
from ivr.stores import open_store
from tests.backends.test_http import answer, bank

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "46b2c81d5e9f7a3048d1c6e2b97f0a35"
WELL = {
    "TWILIO_AUTH_TOKEN": TOKEN,
    "IVR_KEY": "3b7d02e94c6f18a5d0e2b79c4f615a83",
    "IVR_PUBLIC_URL": "https://ivr.bank.example",
    "IVR_FLOWS": str(blank_folder() / "flows"),
    "IVR_AUDIO": str(ROOT / "audio"),
}


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **env: str) -> Result:
        own = dict.fromkeys([*VARIABLES.values(), "TWILIO_AUTH_TOKEN_FILE"])
        given = {"IVR_STORE": f"sqlite:///{tmp_path}/ivr.db", "IVR_MODELS": str(tmp_path / "models"), **WELL, **env}
        return CliRunner().invoke(main, ["doctor", *arguments], env=own | given)

    return run


def found(result: Result) -> dict[tuple[str, str], dict[str, str]]:
    report = json.loads(result.stdout)
    return {(each["check"], each["what"]): each for each in report["findings"]}


def test_a_deployment_that_is_well(doctor) -> None:
    done = doctor(IVR_FLOWS=str(ROOT / "flows"))
    assert done.exit_code == 0, done.output
    assert "https://ivr.bank.example/twilio/voice\n" in done.stdout
    assert "IVR_PUBLIC_URL" in done.stdout
    assert TOKEN not in done.output
    assert "pyttsx3 spoke" in done.stdout


def test_a_program_reads_it_as_json_with_the_source_of_every_setting(doctor) -> None:
    done = doctor("--json")
    findings = found(done)
    assert json.loads(done.stdout)["healthy"] is True
    assert {what for check, what in findings if check == "settings"} == set(VARIABLES.values())
    assert findings["settings", "TWILIO_AUTH_TOKEN"]["text"] == "*** (environment)"
    assert findings["settings", "IVR_BANK_URL"]["text"] == "- (not set)"


def test_the_signed_url_is_the_one_that_the_channel_computes_over(doctor) -> None:
    assert found(doctor("--json"))["signing", "signed URL"]["text"] == "https://ivr.bank.example/twilio/voice"
    near = found(doctor("--json", IVR_PUBLIC_URL="http://127.0.0.1:8080"))
    assert near["signing", "signed URL"]["text"] == "http://127.0.0.1:8080/twilio/voice"
    assert near["signing", "public URL"]["level"] == "warning"
    derived = found(doctor("--json", IVR_PUBLIC_URL=""))["signing", "signed URL"]
    assert derived["level"] == "warning"
    assert "Host header" in derived["text"]


def test_without_a_token_no_call_can_be_taken(doctor) -> None:
    done = doctor(TWILIO_AUTH_TOKEN="")
    assert done.exit_code == 1
    assert "ERROR token" in done.stdout
    assert "1 error" in done.stdout


def test_flows_with_faults_are_an_error_and_the_rest_is_still_looked_at(doctor, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "main.yaml").write_text("flow: main\nstrat: x\n", encoding="utf-8")
    done = doctor("--json", IVR_FLOWS=str(tmp_path / "broken"))
    assert done.exit_code == 1
    findings = found(done)
    assert "ivr check" in findings["flows", str(tmp_path / "broken")]["cure"]
    assert findings["signing", "token"]["level"] == "fine"


def test_a_folder_that_is_not_what_is_live_is_noted_and_takes_no_calls_away(doctor, tmp_path: Path) -> None:
    assert "nothing is published yet" in found(doctor("--json"))["published", "flows"]["text"]
    store = open_store(f"sqlite:///{tmp_path}/ivr.db")
    version = published_release(store, blank_folder() / "flows", 10.0).version
    store.close()
    assert f"release {version} is live" in found(doctor("--json"))["published", "flows"]["text"]
    other = found(doctor("--json", IVR_FLOWS=str(ROOT / "flows")))["published", "flows"]
    assert (other["level"], "are others" in other["text"], "ivr diff" in other["cure"]) == ("note", True, True)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "main.yaml").write_text("flow: main\nstrat: x\n", encoding="utf-8")
    done = doctor("--json", IVR_FLOWS=str(tmp_path / "broken"))
    assert (done.exit_code, found(done)["flows", str(tmp_path / "broken")]["level"]) == (0, "warning")


def test_a_store_in_postgresql_is_looked_at_without_its_password(doctor, new_address) -> None:
    address = new_address("postgresql").replace("ivr@", "ivr:8s3cret@")
    open_store(address).close()
    done = doctor("--json", IVR_STORE=address)
    shown = address.replace("ivr:8s3cret@", "***@")
    assert "can be read" in found(done)["store", shown]["text"]
    nowhere = "postgresql://ivr:8s3cret@127.0.0.1:1/ivr"
    refused = doctor("--json", IVR_STORE=nowhere)
    assert "connection is refused" in found(refused)["store", "postgresql://***@127.0.0.1:1/ivr"]["text"]
    assert "8s3cret" not in done.output + refused.output


def test_looking_writes_no_key(doctor, tmp_path: Path) -> None:
    doctor("--json", TWILIO_AUTH_TOKEN="")
    assert not list(tmp_path.rglob("*.key"))


def test_a_misspelt_setting_is_named_with_the_one_that_is_meant(doctor) -> None:
    misspelt = found(doctor("--json", IVR_STOR="memory:"))["settings", "IVR_STOR"]
    assert (misspelt["level"], misspelt["text"], misspelt["cure"]) == (
        "warning",
        "is no setting",
        "Did you mean IVR_STORE?",
    )


def test_a_store_is_opened_where_there_is_one_and_none_is_made(doctor, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/ivr.db"
    assert "will be created when" in found(doctor("--json"))["store", address]["text"]
    assert not (tmp_path / "ivr.db").exists()
    open_store(address).close()
    assert "can be read" in found(doctor("--json"))["store", address]["text"]
    (tmp_path / "ivr.db").write_bytes(b"no database at all, but long enough to be looked at" * 100)
    done = doctor("--json")
    assert (done.exit_code, found(done)["store", address]["level"]) == (1, "error")
    assert found(doctor("--json", IVR_STORE="memory:"))["store", "memory:"]["level"] == "warning"


def test_the_missing_mandarin_voice_is_named_with_the_cure(doctor) -> None:
    texts = [each["text"] for each in json.loads(doctor("--json").stdout)["findings"] if each["check"] == "voices"]
    assert any("ivr models download zh" in text for text in texts)
    assert any(text.startswith("pyttsx3 spoke") for text in texts)


def test_with_the_recordings_the_mandarin_voice_speaks(doctor, tmp_path: Path, monkeypatch) -> None:
    import os

    assets = os.environ.get("IVR_TEST_ASSETS")
    if not assets:
        pytest.skip("IVR_TEST_ASSETS is not set, so there are no recorded syllables to test with")
    done = CliRunner().invoke(
        main,
        ["models", "download", "zh-syllables", "--from-file", str(Path(assets) / "voices" / "zh-syllables")],
        env={"IVR_MODELS": str(tmp_path / "models")},
    )
    assert done.exit_code == 0, done.output
    findings = found(doctor("--json"))
    assert findings["voices", "zh-CN"]["text"].startswith("syllables spoke")
    assert findings["models", "zh-syllables"]["level"] == "fine"
    assert findings["models", "vosk-zh"]["level"] == "note"


def test_wrong_settings_are_wrong_usage(doctor) -> None:
    done = doctor(IVR_STORE="nothing:")
    assert done.exit_code == 2
    assert "IVR_STORE" in done.stderr


def test_a_bank_that_cannot_be_reached_is_a_warning(doctor) -> None:
    findings = found(doctor("--json", IVR_BANK_URL="http://127.0.0.1:9"))
    assert findings["bank", "http://127.0.0.1:9"]["level"] == "warning"


def test_a_check_that_breaks_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Check):
        kind = "broken"
        order = 1

        def findings(self, deployment: Deployment) -> Iterator[Finding]:
            raise ValueError("secret")

    class Incomplete(Check):
        kind = "incomplete"
        order = 2

        def findings(self, deployment: Deployment) -> Iterator[Finding]:
            raise ModuleNotFoundError("No module named 'numpy.fft'", name="numpy.fft")

    real = next(check for check in checks() if check.kind == "settings")
    monkeypatch.setattr(_doctor, "checks", lambda: [Broken(), Incomplete(), real])
    kinds = [(kind, finding) for kind, finding in examine(Deployment(Settings()))]
    assert kinds[0] == ("broken", Finding("error", "broken", "this check failed: ValueError"))
    assert kinds[1][1].text == not_installed("numpy.fft")
    assert kinds[-1][0] == "settings"


def test_every_check_stands_in_a_file_of_its_name() -> None:
    order = ["settings", "signing", "flows", "store", "published", "days_off"]
    order += ["voices", "hearing", "prompts", "models", "bank"]
    assert [check.kind for check in checks()] == order
    for check in checks():
        assert importlib.import_module(f"ivr.cli._doctor.{check.kind}").__doc__


def test_prompts_without_a_sound_are_a_warning_where_the_carriers_voice_is_not_wanted(doctor, tmp_path) -> None:
    assert found(doctor("--json"))["prompts", "zh-CN"]["level"] == "fine"
    missing = found(doctor("--json", IVR_TTS="local"))["prompts", "zh-CN"]
    assert (missing["level"], missing["cure"]) == ("warning", "run: ivr prompts build")


def test_how_callers_are_heard_is_told_by_language(doctor) -> None:
    carrier = found(doctor("--json"))
    assert carrier["hearing", "IVR_ASR=cloud"]["level"] == "fine"
    assert carrier["hearing", "zh-CN"]["level"] == "note"
    assert "while the carrier's recogniser fails" in carrier["hearing", "zh-CN"]["text"]
    here = found(doctor("--json", IVR_ASR="local", VOSK_MODEL_PATH=""))["hearing", "zh-CN"]
    assert here["level"] == "warning"
    assert "ivr models download zh" in here["text"]
    assert found(doctor("--json", IVR_ASR="none"))["hearing", "IVR_ASR=none"]["level"] == "note"


CLINIC = """
services:
  clinic:
    address: {setting: CLINIC_URL}
    token: {setting: CLINIC_TOKEN}
    probe: rooms
    questions:
      rooms: {gives: {rooms: count, free: flag}}
"""


def test_every_service_of_lookups_yaml_is_asked(doctor, tmp_path) -> None:
    shutil.copytree(blank_folder() / "flows", tmp_path / "flows")
    (tmp_path / "flows" / "lookups.yaml").write_text(CLINIC, encoding="utf-8")
    folder = str(tmp_path / "flows")
    found_without = found(doctor("--json", IVR_FLOWS=folder))
    assert found_without["bank", "CLINIC_URL"]["level"] == found_without["bank", "CLINIC_TOKEN"]["level"] == "warning"
    with bank(answer('{"rooms": 3}')) as server:
        findings = found(doctor("--json", IVR_FLOWS=folder, CLINIC_URL=server.url, CLINIC_TOKEN="t0ken"))
        assert b"Authorization: Bearer t0ken" in server.requests[0][0]
    assert findings["bank", server.url]["level"] == "fine"
    assert findings["bank", "clinic.rooms"]["text"] == "answers without free"


def test_what_keeps_a_server_from_starting_is_an_error(doctor) -> None:
    weak = found(doctor("--json", IVR_KEY="", IVR_BANK_URL="http://core.bank.example"))
    assert weak["settings", "production"]["level"] == "error"
    assert "IVR_KEY is not set" in doctor(IVR_KEY="").stdout


@pytest.mark.parametrize(("now", "level"), [("2025-06-01", "fine"), ("2098-12-05", "warning")])
def test_a_year_whose_days_off_are_unknown_is_a_warning(doctor, monkeypatch, now: str, level: str) -> None:
    moment = datetime.fromisoformat(f"{now}T10:00+08:00").timestamp()
    monkeypatch.setattr("ivr.cli._doctor.days_off.time.time", lambda: moment)
    finding = found(doctor("--json", IVR_FLOWS=str(ROOT / "flows")))["days_off", "holidays"]
    assert finding["level"] == level
    assert level == "fine" or "2098" in finding["text"]

"""Each way in which a notebook can end, with real kernels and real signals."""

import json
import time

import psutil
import pytest

KEYS = ["notebook", "parameters", "status", "error", "metrics", "seconds", "peak_rss_mb"]
KEYS += ["peak_anonymous_mb", "started_at"]
KEYS += ["versions", "git_commit", "data"]


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ends_within(pid, seconds):
    deadline = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_alive(pid)


@pytest.mark.parametrize(
    ("name", "status", "error", "cell"),
    [
        ("good", "ok", None, None),
        ("expected", "ok", None, None),
        ("widget", "ok", None, None),
        ("text", "ok", None, None),
        ("raises", "failed", "ValueError", 3),
        ("sys-exit", "failed", "SystemExit", 0),
        ("sys-exit-0", "failed", "SystemExit", 0),
        ("calls-exit", "failed", "SystemExit", 1),
        ("os-exit", "killed", "DeadKernelError", 1),
        ("sigkill", "killed", "DeadKernelError", 2),
        ("kills-worker", "killed", "ProcessDied", 1),
        ("hangs", "timeout", "TimeoutError", 1),
        ("broken", "failed", "NotebookError", None),
        ("other-language", "failed", "NotebookError", None),
    ],
)
def test_the_record_says_how_the_notebook_ended_and_in_which_cell(fault_run, name, status, error, cell):
    record = fault_run.records[name]
    assert record.status == status
    assert (record.error and record.error["name"]) == error
    assert (record.error and record.error["cell"]) == cell


def test_a_record_has_the_keys_of_the_contract_in_order(fault_run):
    for name in fault_run.records:
        assert list(json.loads((fault_run.out / name / "record.json").read_text())) == KEYS


def test_metrics_and_data_come_from_what_the_notebook_reported(fault_run):
    record = fault_run.records["good"]
    assert record.metrics == {"recall": {"value": 0.625, "interval": [0.5, 0.75], "unit": "", "paper": 0.8}}
    (used,) = record.data
    assert list(used) == ["name", "role", "simulated", "source", "sha256", "licence", "citation"]
    assert used["simulated"] is True


def test_a_record_knows_the_versions_of_what_ran(fault_run):
    versions = fault_run.records["good"].versions
    assert {"python", "platform", "astrokit", "papermill", "numpy"} <= set(versions)


def test_messages_and_tracebacks_are_plain_text(fault_run):
    error = fault_run.records["raises"].error
    assert error["message"] == "bad <b>"
    assert "ValueError" in error["traceback"]
    assert "\x1b" not in json.dumps(error, ensure_ascii=False)


def test_the_message_of_a_kill_names_the_signal_or_the_exit_code(fault_run):
    assert "SIGKILL" in fault_run.records["sigkill"].error["message"]
    assert "exit code 0" in fault_run.records["os-exit"].error["message"]


def test_a_failed_notebook_is_kept_whole_with_its_error(fault_run):
    outputs = [output for cell in fault_run.executed("raises")["cells"] for output in cell.get("outputs", [])]
    assert [output["ename"] for output in outputs if output["output_type"] == "error"] == ["ValueError"]


def test_cells_that_never_ran_are_not_called_completed(fault_run):
    states = [cell["metadata"]["papermill"]["status"] for cell in fault_run.executed("sigkill")["cells"]]
    assert states[-1] == "pending"


def test_a_run_without_a_notebook_removes_that_of_an_earlier_run(fault_run):
    assert {path.name for path in (fault_run.out / "broken").iterdir()} == {"record.json"}
    assert fault_run.executed("sigkill")["cells"]
    assert fault_run.executed("raises")["cells"]


def test_the_page_of_an_earlier_run_stays_until_the_gallery_makes_a_new_one(fault_run):
    pages = {path.parent.name: path.read_text() for path in fault_run.out.glob("*/notebook.html")}
    assert pages == dict.fromkeys(("raises", "sigkill"), "from an earlier run")


def test_nothing_half_written_stays_in_the_results(fault_run):
    names = {path.name for path in fault_run.out.glob("*/*")}
    assert names == {"record.json", "notebook.ipynb", "notebook.html"}


@pytest.mark.parametrize("name", ["hangs", "leaves-child", "kills-worker"])
def test_no_process_of_a_notebook_outlives_its_run(fault_run, name):
    # A kernel whose worker was killed notices that within a second.
    assert ends_within(fault_run.left_pid(name), 5)


def test_the_peak_of_memory_includes_what_the_kernel_held_for_a_moment(fault_run):
    assert fault_run.records["memory"].peak_rss_mb > 300 + 0.5 * fault_run.records["good"].peak_rss_mb
    assert fault_run.records["good"].peak_rss_mb < 350


def test_notebooks_that_share_the_machine_are_told_their_share_of_its_cores(fault_run):
    told = json.loads(fault_run.printed("good"))
    assert told["BOKEH_RESOURCES"] == "inline"
    assert int(told["OMP_NUM_THREADS"]) >= 1


def test_hostile_text_arrives_as_the_text_that_it_is(fault_run, hostile_texts):
    given = hostile_texts
    arrived = json.loads(fault_run.printed("text"))
    assert arrived == [given[name] for name in ("n", "scale", "label", "flag", "bands", "path")]
    assert isinstance(arrived[1], float)


def test_paths_of_this_machine_do_not_get_into_the_executed_notebook(fault_run):
    assert str(fault_run.notebooks) not in json.dumps(fault_run.executed("good"))


def test_widget_state_is_gone_and_the_picture_stays(fault_run):
    content = fault_run.executed("widget")
    shown = [output["data"] for cell in content["cells"] for output in cell["outputs"]]
    assert "widgets" not in content["metadata"]
    assert not any("application/vnd.jupyter.widget-view+json" in data for data in shown)
    assert "image/png" in shown[0]

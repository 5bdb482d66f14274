"""``@file`` in a prompt of the command line goes along; in what is piped in it is only words."""

from __future__ import annotations


def test_a_named_file_goes_along_and_a_wrong_name_is_said(lab, model_server, tmp_path):
    (tmp_path / "notes.txt").write_text("forty-two")
    done = lab.segue("ask", f"What does @{tmp_path}/notes.txt say? And @{tmp_path}/no.txt?")
    assert "forty-two" in str(model_server.requests[0]["messages"])
    assert f"There is no file {tmp_path}/no.txt" in done.stderr
    lab.segue("ask", "Sum up", given=f"see @{tmp_path}/notes.txt")
    assert "forty-two" not in str(model_server.requests[1]["messages"])


def test_so_it_does_in_lines(lab, model_server, script, tmp_path):
    (tmp_path / "notes.txt").write_text("forty-two")
    script(f"What does @{tmp_path}/notes.txt say?", "/quit")
    assert "forty-two" in str(model_server.requests[0]["messages"])

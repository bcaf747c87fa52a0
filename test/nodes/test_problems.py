"""A problem is logged when it begins, and known for as long as it holds."""

from fer_ros.nodes.problems import Problems


def test_a_problem_is_logged_once_each_time_that_it_begins_and_listed_while_it_holds():
    logged = []
    problems = Problems(logged.append)
    for text in ("3 times", "4 times", "", "1 time"):
        problems.update("/eye", "steps", text)
        assert problems.of("/eye") == ([text] if text else [])
    assert logged == ["/eye: 3 times", "/eye: 1 time"]


def test_a_problem_of_the_node_is_one_of_each_topic():
    logged = []
    problems = Problems(logged.append)
    problems.update("", "clock", "no clock")
    problems.update("/left", "type", "other type")
    assert problems.of("/left") == ["no clock", "other type"] and problems.of("/right") == ["no clock"]
    assert logged == ["no clock", "/left: other type"]


def test_a_topic_that_is_not_used_any_more_has_no_problems():
    problems = Problems(lambda text: None)
    problems.update("/left", "type", "other type")
    problems.update("", "clock", "no clock")
    problems.keep(["/right"])
    assert problems.of("/left") == ["no clock"]

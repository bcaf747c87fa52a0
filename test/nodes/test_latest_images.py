"""No queue older than one frame."""

import threading

from fer_ros.nodes.latest_images import Newest


def test_a_newer_item_replaces_an_older_one_and_the_drop_is_counted():
    newest = Newest()
    for item in (1, 2, 3):
        newest.put("left", item)
    newest.put("right", 9)
    assert newest.take_all() == {"left": 3, "right": 9}
    assert newest.dropped == {"left": 2}


def test_a_waiting_worker_is_woken_by_an_item_and_by_the_end():
    newest, taken = Newest(), []

    def work():
        while items := newest.take_all():
            taken.append(items)

    worker = threading.Thread(target=work)
    worker.start()
    newest.put("left", 1)
    newest.close()
    worker.join(timeout=5)
    assert not worker.is_alive() and taken in ([{"left": 1}], [])

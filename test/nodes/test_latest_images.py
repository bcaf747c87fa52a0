"""No queue older than one frame."""

import threading

from fer_ros.nodes.latest_images import LatestImages


def test_a_newer_item_replaces_an_older_one_and_the_drop_is_counted():
    latest = LatestImages()
    for item in (1, 2, 3):
        latest.put("left", item)
    latest.put("right", 9)
    assert latest.take_all() == {"left": 3, "right": 9}
    assert latest.dropped == {"left": 2}


def test_a_waiting_worker_is_woken_by_an_item_and_by_the_end():
    latest, taken = LatestImages(), []

    def work():
        while items := latest.take_all():
            taken.append(items)

    worker = threading.Thread(target=work)
    worker.start()
    latest.put("left", 1)
    latest.close()
    worker.join(timeout=5)
    assert not worker.is_alive() and taken in ([{"left": 1}], [])

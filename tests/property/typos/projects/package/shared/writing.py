import json
import os


def write_report(folder, values):
    with open(os.path.join(folder, "report.json"), "w") as file:
        json.dump(values, file)

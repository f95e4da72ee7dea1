class MovingAverage:
    def __init__(self, window):
        self.window = window

    def smooth(self, series):
        return [sum(series[i : i + self.window]) / self.window for i in range(len(series) - self.window)]

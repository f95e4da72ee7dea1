"""Train, deploy and query a house-price model: real sales, a real training job, a real endpoint, on this machine."""

import csv
import random
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LinearRegression

import sagewright as sagemaker
from sagewright.deserializers import JSONDeserializer
from sagewright.inputs import TrainingInput
from sagewright.serializers import CSVSerializer

SALES = Path(__file__).parent / "data" / "windsor_house_sales.csv"
WORDS = {"yes": 1.0, "no": 0.0}


def read_sales() -> np.ndarray:
    """Return the sales as numbers, `(546, 12) float64`, the price first."""
    with open(SALES, newline="") as file:
        rows = list(csv.reader(file))[1:]
    random.Random(7).shuffle(rows)
    return np.array([[WORDS[word] if word in WORDS else float(word) for word in row] for row in rows])


def root_mean_squared_error(predicted: np.ndarray, actual: np.ndarray) -> float:
    return float(np.sqrt(np.mean((predicted - actual) ** 2)))


def main() -> None:
    sales = read_sales()
    train, validation, held_out = sales[:382], sales[382:464], sales[464:]

    # 1. Put the data where training jobs find it.
    session = sagemaker.Session()
    inputs = {}
    for channel, rows in (("train", train), ("validation", validation)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{channel}.csv"
            np.savetxt(path, rows, delimiter=",", fmt="%g")
            uri = session.upload_data(str(path), key_prefix=f"house-prices/{channel}")
        inputs[channel] = TrainingInput(uri, content_type="text/csv")

    # 2. Train. The same lines run on Amazon SageMaker: only the target differs.
    estimator = sagemaker.estimator.Estimator(
        image_uri=sagemaker.image_uris.retrieve("linear-learner", session.boto_region_name),
        role=sagemaker.get_execution_role(),
        instance_count=1,
        instance_type="ml.m5.large",
        base_job_name="house-prices",
        sagemaker_session=session,
    )
    estimator.set_hyperparameters(predictor_type="regressor", mini_batch_size=32, epochs=30)
    estimator.fit(inputs)

    # 3. Deploy, and ask for the prices of houses that the model has never seen.
    predictor = estimator.deploy(
        initial_instance_count=1,
        instance_type="ml.m5.large",
        serializer=CSVSerializer(),
        deserializer=JSONDeserializer(),
    )
    try:
        answer = predictor.predict(held_out[:, 1:])
    finally:
        predictor.delete_endpoint()
    predicted = np.array([prediction["score"] for prediction in answer["predictions"]])

    # 4. Compare with what scikit-learn makes of the same rows.
    reference = LinearRegression().fit(train[:, 1:], train[:, 0]).predict(held_out[:, 1:])
    actual = held_out[:, 0]
    print("\nheld-out houses: price paid, price predicted")
    for paid, guess in list(zip(actual, predicted, strict=True))[:5]:
        print(f"  {paid:10,.0f} {guess:10,.0f}")
    print(f"\nroot mean squared error on {len(actual)} held-out houses (Canadian dollars)")
    print(f"  linear-learner, trained and served here   {root_mean_squared_error(predicted, actual):10,.0f}")
    print(f"  scikit-learn LinearRegression             {root_mean_squared_error(reference, actual):10,.0f}")
    print(f"  guessing the average price                {float(np.std(actual)):10,.0f}")


if __name__ == "__main__":
    main()

"""The estimators of Amazon's algorithms, where they are stricter than v2 or have more to say."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import sagewright
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.record_uploads import upload_numpy_to_s3_shards
from sagewright.amazon.validation import istype
from sagewright.vocabulary.variables import PipelineVariable

ROLE = "arn:aws:iam::123456789012:role/Any"


@pytest.fixture
def kmeans(home):
    return sagewright.KMeans(ROLE, 2, "ml.m5.large", k=10)


class Parameter(PipelineVariable):
    @property
    def expr(self):
        return {"Get": "Parameters.k"}


def test_what_a_pipeline_decides_is_handed_on(kmeans):
    kmeans.k = kmeans.tol = Parameter()
    assert kmeans.hyperparameters()["k"].expr == {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.k"}]}}
    kmeans.instance_count = Parameter()
    assert kmeans._get_default_mini_batch_size(100) == 1
    with pytest.raises(TypeError, match="rather than a pipeline variable"):
        kmeans.data_location = Parameter()


def test_a_slip_in_the_name_of_a_hyperparameter_is_told(home):
    with pytest.raises(TypeError, match="did you mean `num_components`"):
        sagewright.PCA(ROLE, 1, "ml.m5.large", num_component=3)


def test_an_array_is_no_set_of_records(kmeans):
    with pytest.raises(ValueError, match=r"`ndarray` is no set of records.\nhint: .*record_set"):
        kmeans.fit(np.ones((3, 3)))


def test_a_number_that_is_not_whole_is_not_cut(kmeans):
    with pytest.raises(ValueError, match=r"Invalid hyperparameter value 2.5 for epochs. Expecting: An integer"):
        kmeans.epochs = 2.5


def test_hyperparameters_that_were_not_set_are_missing(kmeans):
    with pytest.raises(AttributeError, match="`mini_batch_size` has not been set"):
        kmeans.mini_batch_size  # noqa: B018
    del kmeans.k
    assert not hasattr(kmeans, "k")
    assert isinstance(sagewright.KMeans.k, Hyperparameter)
    assert istype(int)(3)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_they_copy(kmeans, copied):
    other = copied(kmeans)
    other.k = 3
    assert (kmeans.k, other.k) == (10, 3)
    assert other.hyperparameters()["force_dense"] == "True"


class Breaking:
    """S3 that takes two objects and no more."""

    def __init__(self):
        self.objects = {}

    def Object(self, bucket, key):
        self._key = key
        return self

    def put(self, **_):
        if len(self.objects) == 2:
            raise KeyboardInterrupt
        self.objects[self._key] = True

    def delete(self):
        del self.objects[self._key]


def test_nothing_stays_in_s3_when_an_upload_breaks_off():
    s3 = Breaking()
    with pytest.raises(KeyboardInterrupt):
        upload_numpy_to_s3_shards(3, s3, "bucket", "rows", np.ones((3, 1)))
    assert s3.objects == {}


def test_labels_of_another_length_are_refused(kmeans):
    with pytest.raises(ValueError, match="not compatible with array shape"):
        kmeans.record_set(np.ones((4, 2)), np.ones(3))


def test_the_engine_says_which_algorithm_it_lacks(kmeans, capsys):
    with pytest.raises(Exception, match="the algorithm `kmeans` is not built into it yet"):
        kmeans.fit(kmeans.record_set(np.ones((4, 2), dtype="float32")), wait=False)

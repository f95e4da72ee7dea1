"""The name of Spark in the tables of images (v2's own path)."""

SPARK_NAME = "spark"

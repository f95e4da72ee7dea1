import argparse
import logging
import os

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model_name", type=str)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--warmup_steps", type=int, default=500)
    parser.add_argument("--learning_rate", type=float, default=5e-5)
    parser.add_argument("--output_data_dir", type=str, default=os.environ["SM_OUTPUT_DATA_DIR"])
    parser.add_argument("--training_dir", type=str, default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--test_dir", type=str, default=os.environ["SM_CHANNEL_TEST"])
    args, _ = parser.parse_known_args()

    logging.basicConfig(level=logging.INFO)
    logging.info("%s: %s", args.model_name, os.listdir(args.training_dir))
    logging.info("%s", os.environ["TOKENIZERS_PARALLELISM"])
    print(args.epochs, args.warmup_steps, args.learning_rate, args.output_data_dir, args.test_dir)

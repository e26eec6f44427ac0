"""A stand-in for the part of AWS that the SageMaker chapter uses: one process, no account.

Started by ``python -m mlops_landscape.standins.sagemaker --port 5000``; boto3 and the SageMaker
SDK find it by ``AWS_ENDPOINT_URL``. What is a matter of records (S3, IAM, STS, CloudWatch Logs,
and SageMaker's own tables) is moto's work. What SageMaker *does* is done here, for real:

- A training job runs. Its channels are fetched from S3, its own entrypoint and arguments are
  executed under the container contract of ``/opt/ml``, its output goes to CloudWatch Logs, its
  metrics are read from that output, and ``model.tar.gz`` is put into S3 (:mod:`.training`).
- An endpoint serves. The model's archive is unpacked, a server of its own is started that answers
  ``/ping`` and ``/invocations``, and InvokeEndpoint asks that server (:mod:`.hosting`).

There is no container engine, on no machine, so there is one way for all of them: a job gets a
private folder in place of ``/opt/ml``, and in the copies of its scripts, and in its command, the
text ``/opt/ml`` is replaced by that folder. On the way out, in logs and messages, it is replaced
back (:mod:`.container`). This needs no privileges and leaves nothing behind. It is no isolation:
a job can read what this user can read. An image is not pulled either; a scikit-learn image stands
for the Python that runs this process, and any other is refused, as is every call, option and
machine that is not known here (:mod:`.front`).
"""

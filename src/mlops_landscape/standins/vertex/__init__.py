"""A stand-in of the part of Vertex AI (and of Cloud Storage) that this course uses.

It speaks Google's REST protocol, so that the real ``google-cloud-aiplatform`` and
``google-cloud-storage`` talk to it unchanged, and it does the work that it is asked for: a
training job really runs the package that the SDK has built, an endpoint really starts a server
and forwards requests to it, a pipeline job really runs the compiled pipeline.

What it is not: there are no machines, no container images, no identities and no bills. An image
is a name for a command of this machine, said at the start (``--image URI=COMMAND``), machine types
are accepted and ignored, everybody may do everything, and all is gone when it ends.

Whatever it does not know it refuses with status 501 and says what it knows.

=============== ===============================================================
``web``         requests, routes, errors in Google's form
``storage``     buckets and objects, in memory
``resources``   named resources, their ids, operations
``containers``  images that are commands; the processes started from them
``training``    data sets, and training pipelines under the training contract
``registry``    models and their versions
``endpoints``   endpoints, deployments under the prediction contract, predictions
``rehearse``    a prediction container under the contract, asked without an endpoint
``pipelines``   pipeline jobs, run by the local runner of kfp (``run_pipeline``)
=============== ===============================================================
"""
